"""What a page costs, as a ratio to the least that a page can cost: `python -m bench`."""
