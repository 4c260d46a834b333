"""The kernel by hand computes what it is the yardstick of."""

import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from benchmarks.suite import limits


@unittest.skipUnless(shutil.which("cc") and shutil.which("make"), "there is no C compiler")
class LimitsTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        subprocess.run(["make", "--silent", "-C", limits.SOURCES, f"OUT={cls.folder.name}"],
                       check=True)

    def run_of(self, program, *arguments):
        words = [pathlib.Path(self.folder.name) / program, *map(str, arguments)]
        return json.loads(subprocess.run(words, check=True, capture_output=True).stdout)

    def test_visits_of_any_length_give_the_same_spikes(self):
        rates = {self.run_of("active-f64", 2000, 3000, visit)["mean_rate_hz"]
                 for visit in (1, 7, 32, 5000)}
        self.assertEqual(len(rates), 1)

    def test_neurons_fire_as_the_paper_has_them(self):
        # Brian 2 on 100,000 neurons: 6.39 Hz in the first second; one neuron's deviation is 2 Hz.
        for program in ("active-f64", "active-f32"):
            rate = self.run_of(program, 8000, 10_000, 32)["mean_rate_hz"]
            self.assertAlmostEqual(rate, 6.39, delta=4 * 2 / 8000**0.5)

    def test_what_the_machine_can_do_is_measured_in_full(self):
        found = self.run_of("roofline", 1, 0.001)
        rates = {name: value for name, value in found.items() if name[0] in "ruf"}
        self.assertEqual(len(rates), 11)
        self.assertTrue(all(value > 0 for value in rates.values()), rates)
