"""How a number in a caption is said: counts, money, percentages, years, clock times, ranges.

Belongs here: the reading of one word with digits in it, as plain English words. Not here: splitting sentences,
names, links and punctuation (`spoken.py`). Every reading is made of letters,
hyphens, apostrophes, spaces and the dots of `P.M` only.
"""

import re

_MAX_CARDINAL_DIGITS = 15
_NUMBER = re.compile(
    r"(?P<sign>[+-])?(?P<money>[$€£¥₹])?(?P<whole>\d{1,3}(?:,\d{3})+|\d+)?(?:\.(?P<fraction>\d+))?"
    r"(?P<unit>[a-zA-Z]+|%|°[CF]?|×|€)?(?P<plus>\+)?"
)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?([aApP][mM])?")
_RATIO = re.compile(r"(\d{1,4}):(\d{1,4})")
_SHAPES = frozenset({"9:16", "16:9", "4:5", "5:4", "4:3", "3:4", "3:2", "2:3", "1:1", "21:9"})
_SLASHED = re.compile(r"(\d{1,4})/(\d{1,4})(?:/(\d{1,4}))?")
_DECADE = re.compile(r"'?(\d{2})?([1-9]0|00)s")
_DECADE_BEFORE = frozenset({"the", "early", "mid", "late"})
_ORDINAL = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,12})(?:st|nd|rd|th)", re.IGNORECASE)

_MAGNITUDES = {"k": "thousand", "m": "million", "mm": "million", "mn": "million", "b": "billion", "bn": "billion"}
_MAGNITUDES |= {"t": "trillion", "tn": "trillion"}
MAGNITUDE_WORDS = frozenset({"hundred", "thousand", "million", "billion", "trillion"})
_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "sen", "sen"),
    "₹": ("rupee", "rupees", "paisa", "paise"),
}
_UNITS = {
    "%": ("percent", "percent"),
    "°": ("degree", "degrees"),
    "°c": ("degree Celsius", "degrees Celsius"),
    "°f": ("degree Fahrenheit", "degrees Fahrenheit"),
    "x": ("times", "times"),
    "×": ("times", "times"),
    "s": ("second", "seconds"),
    "sec": ("second", "seconds"),
    "secs": ("second", "seconds"),
    "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "km": ("kilometer", "kilometers"),
    "cm": ("centimeter", "centimeters"),
    "ft": ("foot", "feet"),
    "kg": ("kilogram", "kilograms"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "mph": ("mile an hour", "miles an hour"),
    "fps": ("frame a second", "frames a second"),
    "gb": ("gigabyte", "gigabytes"),
    "tb": ("terabyte", "terabytes"),
    "am": ("A.M", "A.M"),
    "pm": ("P.M", "P.M"),
}
_LINES = {"480": "four eighty", "720": "seven twenty", "1080": "ten eighty", "1440": "fourteen forty"}
_DECADES = {"20": "twenties", "30": "thirties", "40": "forties", "50": "fifties", "60": "sixties", "70": "seventies"}
_DECADES |= {"80": "eighties", "90": "nineties", "00": "hundreds", "10": "tens"}
_FRACTIONS = {("1", "2"): "one half", ("1", "3"): "one third", ("2", "3"): "two thirds", ("1", "4"): "one quarter"}
_FRACTIONS |= {("3", "4"): "three quarters"}
_YEAR_BEFORE = frozenset({
    "in", "since", "by", "from", "until", "till", "before", "after", "during", "of", "year", "early", "mid", "late",
    "around", "circa", "spring", "summer", "fall", "autumn", "winter", "january", "february", "march", "april",
    "may", "june", "july", "august", "september", "october", "november", "december", "jan", "feb", "mar", "apr",
    "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
})  # fmt: skip


def number_reading(word: str, *, before: str = "", after: str = "") -> str | None:
    """How `word` is said, or None when it is no number that this module knows.

    Args:
        word: One caption word without surrounding punctuation, such as `$1.2M`, `24/7`, `2017`.
        before: The word in front, which can make a year of four digits (`in 1776`).
        after: The word behind: `$1.2 million` keeps its dollars for `million`, `2017 views` is no year.
    """
    if len(word) == 4 and word.isdecimal() and _is_year(word, before, after):
        return _year(word)
    if (match := _DECADE.fullmatch(word)) and (match[1] or word[0] == "'" or before in _DECADE_BEFORE or word > "60s"):
        return _decade(match)
    for pattern, reading in _SHAPED:
        if match := pattern.fullmatch(word):
            return reading(match)
    match = _NUMBER.fullmatch(word)
    return _quantity(match, after) if match and (match["whole"] or match["fraction"]) else None


def cardinal(digits: str) -> str:
    """A whole number as words. Codes (leading zero) and very long numbers are said digit by digit."""
    plain = digits.replace(",", "")
    if len(plain) > _MAX_CARDINAL_DIGITS or (len(plain) > 1 and plain.startswith("0")):
        return _digit_by_digit(plain)
    return _num2words(int(plain), "cardinal")


def money_unit(symbol: str) -> str:
    """The plural of a currency sign: `dollars` for `$`."""
    return _CURRENCIES[symbol][1]


def _quantity(match: re.Match[str], after: str) -> str | None:
    unit = (match["unit"] or "").lower()
    whole, fraction, money = match["whole"] or "0", match["fraction"], match["money"]
    if match["unit"] == "€":
        unit, money = "", "€"
    if unit and unit not in _MAGNITUDES and unit not in _UNITS and not (unit in ("p", "i") and whole in _LINES):
        return None
    words = [{"+": "plus", "-": "minus"}[match["sign"]]] if match["sign"] else []
    if unit in ("p", "i"):
        words.append(f"{_LINES[whole]} {unit.upper()}")
    elif unit == "k" and not fraction and not money and whole in ("4", "8"):
        words.append(f"{cardinal(whole)} K")  # a screen more often than a count, and right for both
    elif money:
        words.append(_money(money, whole, fraction, unit, after))
    else:
        words.append(_decimal(whole, fraction))
        if unit in _MAGNITUDES:
            words.append(_MAGNITUDES[unit])
        elif unit:
            words.append(_UNITS[unit][0 if whole == "1" and not fraction else 1])
    if match["plus"]:
        words.append("plus")
    return " ".join(words)


def _money(symbol: str, whole: str, fraction: str | None, unit: str, after: str) -> str:
    one, many, cent, cents = _CURRENCIES[symbol]
    amount = _decimal(whole, fraction)
    if unit in _MAGNITUDES:
        return f"{amount} {_MAGNITUDES[unit]} {many}"
    if after in MAGNITUDE_WORDS:
        return amount
    if fraction and len(fraction) == 2:
        small = f"{cardinal(str(int(fraction)))} {cent if int(fraction) == 1 else cents}"
        large = f"{cardinal(whole)} {one if whole == '1' else many}"
        if int(fraction) == 0:
            return large
        return small if whole == "0" else f"{large} and {small}"
    return f"{amount} {one if whole == '1' and not fraction else many}"


def _decimal(whole: str, fraction: str | None) -> str:
    return f"{cardinal(whole)} point {_digit_by_digit(fraction)}" if fraction else cardinal(whole)


def _ordinal(match: re.Match[str]) -> str:
    return _num2words(int(match[1].replace(",", "")), "ordinal")


def _ratio(match: re.Match[str]) -> str:
    joint = "by" if match[0] in _SHAPES else "to"
    return f"{cardinal(match[1])} {joint} {cardinal(match[2])}"


def _clock(match: re.Match[str]) -> str:
    if match[0] in _SHAPES:
        return _ratio(match)
    parts = [cardinal(str(int(match[1])))]
    rest = [two for two in (match[2], match[3]) if two is not None and two != "00"]
    parts.extend(f"oh {cardinal(two[1])}" if two[0] == "0" else cardinal(two) for two in rest)
    if len(parts) == 1 and not match[4]:
        parts.append("o'clock" if 1 <= int(match[1]) <= 12 else "hundred")
    if match[4]:
        parts.append(".".join(match[4].upper()))
    return " ".join(parts)


def _slashed(match: re.Match[str]) -> str:
    first, second, third = match[1], match[2], match[3]
    if third is not None:
        year = _year(third) if len(third) == 4 else cardinal(str(int(third)))
        return f"{cardinal(str(int(first)))} {cardinal(str(int(second)))} {year}"
    if (first, second) in _FRACTIONS:
        return _FRACTIONS[first, second]
    if second in ("5", "10", "100") and int(first) <= int(second):
        return f"{cardinal(first)} out of {cardinal(second)}"
    return f"{cardinal(first)} {cardinal(second)}"


def _decade(match: re.Match[str]) -> str:
    century, decade = match[1], match[2]
    if century is None:
        return _DECADES[decade]
    if century == "20" and decade == "00":
        return "two thousands"
    return f"{cardinal(century)} {_DECADES[decade]}"


def _is_year(word: str, before: str, after: str) -> bool:
    if before in _YEAR_BEFORE and 1100 <= int(word) <= 2099:
        return True
    counts_things = len(after) > 3 and after.endswith("s")
    return 1900 <= int(word) <= 2099 and after not in MAGNITUDE_WORDS and not counts_things


def _year(word: str) -> str:
    number = int(word)
    if 2000 <= number <= 2009:
        return cardinal(word)
    if number % 100 == 0:
        return f"{cardinal(word[:2])} hundred"
    last = f"oh {cardinal(word[3])}" if word[2] == "0" else cardinal(word[2:])
    return f"{cardinal(word[:2])} {last}"


def _digit_by_digit(digits: str) -> str:
    return " ".join(_num2words(int(digit), "cardinal") for digit in digits)


_SHAPED = ((_CLOCK, _clock), (_RATIO, _ratio), (_SLASHED, _slashed), (_ORDINAL, _ordinal))


def _num2words(number: int, form: str) -> str:
    from num2words import num2words  # noqa: PLC0415 — loads every language, only when used

    return str(num2words(number, to=form, lang="en")).replace(" and ", " ").replace(",", "")
