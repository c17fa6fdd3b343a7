"""Turns the descriptions in sdk/interfaces into everything that is made from them."""
