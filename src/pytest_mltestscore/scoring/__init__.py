"""Pure judgement: evidence in, item states, sums, gate verdict and next steps out.

No pytest, no files, no clock: the date is an argument. Points are multiples of one half, which
binary floating point holds exactly, so sums and comparisons are exact without rounding.
"""
