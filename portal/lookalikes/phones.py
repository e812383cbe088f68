"""A phone number as one row of digits, however it was written."""

from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse


def digits_of(written: str, country: str) -> str:
    """As E.164 has it (ITU-T), read as people in that country write it; nothing for what is no number."""
    try:
        number = parse(written.replace("(0)", ""), country or None)  # +49 (0)89 is +49 89
    except NumberParseException:
        return ""
    return format_number(number, PhoneNumberFormat.E164) if is_possible_number(number) else ""
