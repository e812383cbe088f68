"""One file with the database and the stored files, taken while the portal runs, and back from it into an empty home.

The file is in the age format around a compressed tar, so that other programs open it too:

    portal-backup.json          of which program, schema and time it is
    tables/<table>/000001.jsonl the columns, then a row a line; the same from SQLite and from PostgreSQL
    files/<ab>/<sha256>         the stored files
    manifest.json               the SHA-256 of each of the above, in their order; and counts

Keys are never in it."""
