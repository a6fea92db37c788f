"""Commands of `longgame` that have a file of their own."""
