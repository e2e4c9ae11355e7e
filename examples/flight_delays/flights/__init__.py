"""Predict, two hours before departure, whether a flight from New York arrives 15 minutes late.

`data` reads and joins, `features` turns a flight into numbers for training and serving alike,
`model` learns, `registry` keeps versions, `gate` lets them in or not, `serve` answers over HTTP,
`replay` plays the last months of 2013 through the server, `pipeline` runs all of it.
"""
