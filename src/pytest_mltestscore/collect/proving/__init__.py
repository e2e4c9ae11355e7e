"""The proof engine: runs passed tests again, each time with one fault in what they are given.

`prover` decides when and how often, `rerun` runs a test once more, `received` tells and changes
what it is given, `judging` reads what came of it, `quiet` keeps the world from noticing.
"""
