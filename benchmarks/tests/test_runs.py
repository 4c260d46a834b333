"""Run sets: kept, gone on with, combined."""

import csv
import os
import pathlib
import tempfile
import time
import unittest

from benchmarks.suite import parts, process, runs
from benchmarks.tests import samples


class RunSetTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name) / "set.json"

    def opened(self, binary="b1", **options):
        return runs.RunSet.opened(self.path, "quick", {"binary_sha256": binary}, **options)

    def test_samples_are_there_after_a_kill(self):
        self.opened().add("size", "a", 1, {}, {"x": 1}, {"others": 0, "stolen": 0})
        again = self.opened()
        self.assertTrue(again.has("size", "a", 1))
        self.assertFalse(again.has("size", "a", 2))
        self.assertEqual(list(self.path.parent.iterdir()), [self.path])

    def test_another_binary_is_refused_and_begins_anew_if_asked(self):
        self.opened().add("size", "a", 1, {}, {"x": 1}, {"others": 0, "stolen": 0})
        with self.assertRaisesRegex(runs.RunSetError, "another binary.*--fresh"):
            self.opened("b2")
        self.assertEqual(self.opened("b2", fresh=True).samples, [])

    def test_what_is_no_run_set_is_refused_by_name(self):
        for text in ("", "{}", "[1]", '{"format": 99}'):
            self.path.write_text(text)
            with self.assertRaisesRegex(runs.RunSetError, "set.json is no run set"):
                runs.RunSet.read(self.path)


class CombinationTests(unittest.TestCase):
    def test_turns_of_one_machine_and_binary_count_on(self):
        first, second = samples.run_set("1"), samples.run_set("2")
        samples.add(first, "size", "a", 1, {}, x=1)
        samples.add(first, "size", "a", 2, {}, x=2)
        samples.add(second, "size", "a", 1, {}, x=3)
        samples.add(second, "size", "b", 1, {}, x=4)
        (one,) = runs.combined([first, second])
        self.assertEqual(one.named("size", "a").values("x"), [1, 2, 3])
        self.assertEqual(one.named("size", "b").values("x"), [4])
        self.assertEqual(len(first.samples), 2, "the sets themselves stay as they are")

    def test_other_machines_and_binaries_stay_apart(self):
        sets = [samples.run_set(), samples.run_set(host="there"), samples.run_set(binary="b2")]
        self.assertEqual(len(runs.combined(sets)), 3)

    def test_csv_has_a_row_a_sample_and_a_column_a_figure(self):
        one = samples.run_set()
        samples.add(one, "size", "a", 1, {"neurons": 10}, spikes={"pyr": 3})
        samples.add(one, "size", "b", 1, {}, loop=2.5)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "all.csv"
            runs.write_csv([one], path)
            with open(path, encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
        self.assertEqual([row["variant"] for row in rows], ["a", "b"])
        self.assertEqual((rows[0]["neurons"], rows[0]["spikes.pyr"], rows[0]["loop"]),
                         ("10", "3", ""))
        self.assertEqual((rows[1]["spikes.pyr"], rows[1]["loop"]), ("", "2.5"))


class TurnTests(unittest.TestCase):
    """The order of runs, and what happens to those that fail."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.runs = samples.run_set(pathlib.Path(self.folder.name) / "set.json")
        self.order = []

    def variant(self, name, turns, error=None):
        def measure():
            self.order.append(name)
            if error:
                raise error
            return {"x": len(self.order)}, {"others": 0.0, "stolen": 0.0}

        return parts.Variant(name, {}, measure, turns)

    def measured(self, *variants):
        part = parts.Part("p", "title", lambda setting: list(variants), lambda found: [])
        return parts.measure(
            part, parts.Setting(parts.Size(True)), self.runs, say=lambda text: None)

    def test_variants_take_turns(self):
        self.assertTrue(self.measured(self.variant("a", 3), self.variant("b", 1)))
        self.assertEqual(self.order, ["a", "b", "a", "a"])

    def test_what_was_measured_is_not_measured_again(self):
        self.measured(self.variant("a", 2))
        self.order.clear()
        self.measured(self.variant("a", 3), self.variant("b", 1))
        self.assertEqual(self.order, ["b", "a"])

    def test_what_was_disturbed_is_measured_again_and_the_quietest_counts(self):
        loads = iter([(0.2, 0.1), (0.0, 0.12), (0.15, 0.0), (0.04, 0.05), (0.3, 0.3)])

        def measure():
            others, stolen = next(loads)
            self.order.append(others)
            return {"x": others}, {"others": others, "stolen": stolen}

        self.measured(parts.Variant("a", {}, measure, 2))
        self.assertEqual(self.order, [0.2, 0.0, 0.15, 0.04])
        self.assertEqual(self.runs.named("p", "a").values("x"), [0.0, 0.04])

    def test_a_failure_of_what_was_measured_already_counts_for_nothing(self):
        turns = iter([0.5, None, 0.3, 0.0])

        def measure():
            others = next(turns)
            if others is None:
                raise process.ProgramFailed("boom")
            return {"x": others}, {"others": others, "stolen": 0.0}

        self.assertTrue(self.measured(parts.Variant("a", {}, measure, 2)))
        self.assertEqual(self.runs.named("p", "a").values("x"), [0.5, 0.0])

    def test_what_cannot_be_measured_is_left_out_with_the_reason(self):
        fine = self.measured(self.variant("a", 2, parts.Skip("no such thing")), self.variant("b", 2))
        self.assertTrue(fine)
        self.assertEqual(self.order, ["a", "b", "b"])
        self.assertEqual(self.runs.content["skipped"], {"p: a": "no such thing"})

    def test_a_failure_is_told_and_the_others_go_on(self):
        broken = self.variant("a", 2, process.ProgramFailed("boom"))
        self.assertFalse(self.measured(broken, self.variant("b", 2)))
        self.assertEqual(self.order, ["a", "b", "b"])
        self.assertIn("boom", self.runs.content["skipped"]["p: a"])


class ProgramTests(unittest.TestCase):
    def test_a_program_is_told_by_output_and_cost(self):
        text, cost = process.run(["sh", "-c", "echo $WORD"], {"WORD": "said"})
        self.assertEqual(text, "said\n")
        self.assertGreater(cost.wall_seconds, 0)
        self.assertGreater(cost.peak_rss_bytes, 0)

    def test_a_program_that_fails_says_what_it_said(self):
        with self.assertRaisesRegex(process.ProgramFailed, "ended with 3:\nbroken"):
            process.run(["sh", "-c", "echo broken >&2; exit 3"])

    def test_programs_run_at_the_same_time(self):
        """Each waits for a file of the other."""
        with tempfile.TemporaryDirectory() as folder:
            words = "touch $0/$1; while [ ! -e $0/$2 ]; do sleep 0.01; done; echo $1"
            texts, _ = process.run_together([
                ["timeout", 20, "sh", "-c", words, folder, "a", "b"],
                ["timeout", 20, "sh", "-c", words, folder, "b", "a"]])
        self.assertEqual(texts, ["a\n", "b\n"])

    def test_no_program_is_left_behind_by_one_that_cannot_begin(self):
        with tempfile.TemporaryDirectory() as folder:
            number = pathlib.Path(folder, "number")
            words = f"echo $$ > {folder}/new; mv {folder}/new {number}; exec sleep 60"

            class Late:
                """A word that is not there before the first program runs."""
                def __str__(self):
                    while not number.exists():
                        time.sleep(0.01)
                    return folder + "/nothing"

            with self.assertRaises(FileNotFoundError):
                process.run_together([["sh", "-c", words], [Late()]])
            with self.assertRaises(ProcessLookupError):
                os.kill(int(number.read_text()), 0)
