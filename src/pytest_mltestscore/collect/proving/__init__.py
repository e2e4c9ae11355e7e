"""The proof engine: runs passed tests again, each time with one fault in what they are given.

`prover` decides when, `proof` how often; `trying` does one trial, here or in one of the `children`,
within its `limits`; `rerun` runs a test once more. `received` and `drawn` tell and change what the
test is given, `trials` what is done to that; `judging` reads what came of it, `quiet` keeps the
world from noticing. `memory` knows what did not change since the last run, by its `sources` and its
values.
"""
