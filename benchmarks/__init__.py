"""How fast Coppice is, how it scales, and beside whom: `python3 -m benchmarks --help`."""
