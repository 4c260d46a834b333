"""Makes jobs of Coppice from Python scripts for Dendrify or Brian 2.

The way of a script: `script` runs it while `capture` keeps what each call of `run` was to
simulate; `translation` makes a draft of a job from each simulation; `writing` writes it. What
cannot be carried over is a row of `refusals`.
"""
