"""A phone number as one row of digits, however it was written."""

from typing import TYPE_CHECKING

from portal.later import later

if TYPE_CHECKING:
    import phonenumbers
else:
    phonenumbers = later("phonenumbers")


def digits_of(written: str, country: str) -> str:
    """As E.164 has it (ITU-T), read as people in that country write it; nothing for what is no number."""
    try:
        number = phonenumbers.parse(written.replace("(0)", ""), country or None)  # +49 (0)89 is +49 89
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
