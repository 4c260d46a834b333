import unittest

from benchmarks.suite import exchange


def _rehearsed(ranks, jitter, overlapped=False):
    return {
        "ranks": ranks, "epochs": {"count": 10, "jitter": jitter},
        "seconds": {"advance": 0.6, "deliver": 0.3, "exchange": 0.01, "record": 0.0},
        "exchange": {"bytes_received": 1e6, "rounds": 11, "overlapped": overlapped}}


class ExchangeTests(unittest.TestCase):
    def test_waiting_is_the_largest_of_so_many_normal_numbers(self):
        # Means of the largest of 2 and of 64.
        self.assertAlmostEqual(exchange.slowdown(2, False, 20.0, 2000), 0.5642, delta=0.06)
        self.assertAlmostEqual(exchange.slowdown(64, False, 20.0, 500), 2.344, delta=0.08)

    def test_overlapping_leaves_little_of_it(self):
        overlapped = exchange.slowdown(64, True, 20.0, 500)
        self.assertGreater(overlapped, 0)
        self.assertLess(overlapped, 0.5)

    def test_an_epoch_is_its_parts(self):
        network = exchange.Network("test", 1e-6, 1e9)
        one = exchange.epoch(_rehearsed(1, 0.001), network)
        self.assertAlmostEqual(one.total, 0.091)
        many = exchange.epoch(_rehearsed(64, 0.001), network)
        self.assertGreater(many.wait, 0.002)
        self.assertAlmostEqual(many.messages, 6e-6 + 1e6 / 11 * 63 / 64 / 1e9)
        self.assertAlmostEqual(many.total, 0.091 + many.messages + many.wait)
        hidden = exchange.epoch(_rehearsed(64, 0.001, overlapped=True), network)
        self.assertEqual(hidden.shown, 0)
        self.assertLess(hidden.wait, many.wait / 4)

    def test_noise_of_the_machine_is_told_apart(self):
        network = exchange.Network("test", 1e-6, 1e9)
        rehearsed = _rehearsed(64, 0.001)
        self.assertIsNone(exchange.epoch(rehearsed, network).wait_with_noise)
        rehearsed["epochs"]["jitter_with_noise"] = 0.004
        epoch = exchange.epoch(rehearsed, network)
        self.assertGreater(epoch.wait_with_noise, 3 * epoch.wait)
        self.assertEqual(epoch.total, exchange.epoch(_rehearsed(64, 0.001), network).total)

    def test_nothing_waits_where_nothing_varies(self):
        network = exchange.Network("test", 0, 1e9)
        self.assertEqual(exchange.epoch(_rehearsed(64, 0), network).wait, 0)


if __name__ == "__main__":
    unittest.main()
