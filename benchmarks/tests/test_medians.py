"""Medians, spreads, ratios."""

import unittest

from benchmarks.suite import medians


class SpreadTests(unittest.TestCase):
    def test_one_run_has_no_spread(self):
        self.assertIsNone(medians.spread([3.0]))

    def test_spread_is_that_of_neighbours_relative_to_the_median(self):
        # Steps of 1, 3 and 1 about a median of 10.5.
        self.assertAlmostEqual(medians.spread([10, 11, 8, 11]), 3 / 10.5)
        self.assertAlmostEqual(medians.spread([10, 11, 10, 13]), 1 / 10.5)

    def test_equal_runs_have_none(self):
        self.assertEqual(medians.spread([2, 2, 2]), 0)

    def test_spread_does_not_follow_a_slow_drift(self):
        self.assertLess(medians.spread([100, 101, 102, 103, 104]), 0.0101)


class RatioTests(unittest.TestCase):
    def test_ratio_is_of_medians_with_the_larger_spread(self):
        ratio = medians.Ratio([30, 33, 30], [10, 10, 100])
        self.assertEqual(ratio.value, 3)
        self.assertEqual(ratio.spread, 4.5)
        self.assertEqual(ratio.runs, (3, 3))

    def test_a_peer_that_ran_once_leaves_the_spread_of_ours(self):
        ratio = medians.Ratio([300], [10, 11, 10])
        self.assertAlmostEqual(ratio.spread, 0.1)
        self.assertEqual(ratio.text(1), "30.0 ± 10 %")
        self.assertAlmostEqual(ratio.low, 27)
        self.assertAlmostEqual(ratio.high, 33)

    def test_single_runs_have_a_ratio_without_a_spread(self):
        self.assertEqual(medians.Ratio([3], [2]).text(), "1.50")


class LineTests(unittest.TestCase):
    def test_line_goes_through_points_on_a_line(self):
        slope, intercept = medians.fitted_line([0, 100, 300], [50, 850, 2450])
        self.assertAlmostEqual(slope, 8)
        self.assertAlmostEqual(intercept, 50)
