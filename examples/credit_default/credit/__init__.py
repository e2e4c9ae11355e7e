"""A model of credit card default, from data to serving."""
