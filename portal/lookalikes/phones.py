"""A phone number as one row of digits, however it was written."""

from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse


def digits_of(written: str, country: str) -> str:
    """As E.164 has it (ITU-T), read as people in that country write it; nothing for what is no number."""
    try:
        number = parse(written, country or None)
    except NumberParseException:
        return ""
    return format_number(number, PhoneNumberFormat.E164) if is_possible_number(number) else ""
