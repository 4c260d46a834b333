"""Tests of what makes tables of samples: `python3 -m unittest discover -s benchmarks/tests -t .`"""
