"""What the scripts that draw figures of runs share: reading, measuring, drawing."""
