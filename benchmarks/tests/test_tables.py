"""Tables of samples, and their places in a page."""

import unittest
from types import SimpleNamespace

from benchmarks import measurements
from benchmarks.measurements import cases, delivery, layouts, targets
from benchmarks.suite import coppice, figures, tables
from benchmarks.tests import samples

PAGE = """# Page

<!-- table: size -->
old
<!-- end of table -->

between

<!-- table: weak -->
kept
<!-- end of table -->
"""


class PageTests(unittest.TestCase):
    def test_marked_tables_are_replaced_and_all_else_stays(self):
        page, homeless = tables.updated(PAGE, {"size": "| new |\n", "other": "| x |\n"})
        self.assertEqual(page, PAGE.replace("old\n", "| new |\n"))
        self.assertEqual(homeless, ["other"])

    def test_replacing_again_changes_nothing(self):
        texts = {"size": "| \\1 new |\n"}
        once, _ = tables.updated(PAGE, texts)
        self.assertEqual(tables.updated(once, texts)[0], once)
        self.assertIn("\\1 new", once)

    def test_every_table_has_one_place_in_the_documentation(self):
        from benchmarks.__main__ import PAGES
        page = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
        for name in [*(part.name for part in measurements.ALL), "memory-slopes"]:
            place = tables.BEGIN.format(name=name)
            self.assertEqual(page.count(place), 1, place)
        self.assertEqual(
            page.count("<!-- table: "), page.count(tables.END), "a table without an end")


class PublishedTests(unittest.TestCase):
    def test_the_documentation_says_what_the_published_samples_say(self):
        from benchmarks.__main__ import PAGES, PUBLISHED
        from benchmarks.suite import runs
        sets = [runs.RunSet.read(file) for file in sorted(PUBLISHED.glob("*.json"))]
        texts = tables.rendered(runs.combined(sets), measurements.ALL, tables.PLOTS)
        homeless = set(texts)
        for path in PAGES:
            page = path.read_text(encoding="utf-8")
            updated, elsewhere = tables.updated(page, texts)
            self.assertEqual(updated, page, "run: python3 -m benchmarks publish")
            homeless &= set(elsewhere)
        self.assertEqual(homeless, set())

    def test_every_plot_that_is_drawn_of_them_stands_in_the_documentation(self):
        from benchmarks.__main__ import PAGES, PUBLISHED
        from benchmarks.suite import runs
        sets = runs.combined([runs.RunSet.read(file) for file in sorted(PUBLISHED.glob("*.json"))])
        pages = "".join(path.read_text(encoding="utf-8") for path in PAGES)
        drawn = [stem for name in {part.plot for part in measurements.ALL if part.plot}
                 for _, stem in tables.plots(name, sets, measurements.ALL)]
        self.assertTrue(drawn)
        for stem in drawn:
            self.assertIn(f"{tables.PLOTS}/{stem}.png)", pages)


class PlotTests(unittest.TestCase):
    def test_each_run_set_that_has_measured_it_has_a_plot_of_its_own(self):
        parts = [SimpleNamespace(name="strong", plot="lines"), SimpleNamespace(name="size", plot=None)]
        first, second, other = [
            SimpleNamespace(of=lambda name, measured=measured: name in measured)
            for measured in (["strong"], ["strong", "size"], ["size"])]
        self.assertEqual(tables.plots("lines", [first, other, second], parts),
                         [(first, "lines"), (second, "lines-2")])


class CaseTests(unittest.TestCase):
    def setUp(self):
        self.runs = samples.run_set()
        facts = {"case": "active", "neurons": 1000}
        for turn, simulate in enumerate([1.0, 1.1, 1.0], start=1):
            samples.add(self.runs, "cases-active", "one", turn,
                        {**facts, "engine": "Coppice", "threads": 1},
                        **samples.ours(loop=2 * simulate, wall=3.0))
            samples.add(self.runs, "cases-active", "two", turn,
                        {**facts, "engine": "Coppice", "threads": 2},
                        **samples.ours(loop=simulate, wall=2.0))
        samples.add(self.runs, "cases-active", "peer", 1, {**facts, "engine": "Brian 2 numpy"},
                    **samples.peers())

    def test_engines_are_compared_with_our_fastest(self):
        table = cases.compared(self.runs, "cases-active", "t")
        self.assertEqual(
            table.rows,
            [["1,000", "Coppice, 1 thread", 3, "3.00", "2.00", "200.0", "5.00", "1.5 ± 0 %",
              "2.0 ± 10 %"],
             ["1,000", "Coppice, 2 threads", 3, "2.00", "1.00", "100.0", "5.00", "1", "1"],
             ["1,000", "Brian 2 numpy", 1, "40.00", "30.00", "3000.0", "5.50", "20.0 ± 0 %",
              "30.0 ± 10 %"]])

    def test_a_table_says_where_its_figures_come_from(self):
        text = tables.rendered([self.runs], measurements.ALL)["cases-active"]
        self.assertIn("| neurons | engine |", text)
        self.assertIn("Measured on 2026-01-01 to 2026-01-03 on 2 cores of an P1", text)
        self.assertIn("Others had at most 1 %", text)
        self.assertIn("`python3 -m benchmarks run cases-active`", text)


class TargetTests(unittest.TestCase):
    def test_a_target_is_reached_outside_the_spread_only(self):
        measure = targets.Measure(30, 0.1, "5, 5")
        self.assertEqual(measure.holds(27, None), "yes")
        self.assertEqual(measure.holds(28, None), "within the spread")
        self.assertEqual(measure.holds(33, None), "within the spread")
        self.assertEqual(measure.holds(34, None), "no")
        self.assertEqual(measure.holds(None, 33), "yes")
        self.assertEqual(measure.holds(None, 26), "no")
        self.assertEqual(targets.Measure(1.1, None, "1").holds(None, 1.1), "yes")

    def test_the_best_peer_counts_on_the_largest_network(self):
        runs_set = samples.run_set()
        facts = {"case": "active", "neurons": 1000, "threads": 2}
        for turn in (1, 2):
            samples.add(runs_set, "cases-active", "ours", turn, {**facts, "engine": "Coppice"},
                        **samples.ours(wall=2.0))
        for name, total in [("slow", 90.0), ("fast", 70.0)]:
            samples.add(runs_set, "cases-active", name, 1, {**facts, "engine": name},
                        **samples.peers(total=total))
        samples.add(runs_set, "cases-active", "small", 1, {**facts, "neurons": 10, "engine": "x"},
                    **samples.peers(total=1.0))
        text = tables.rendered([runs_set], [targets.PART])["targets"]
        self.assertIn("| active: Brian's best total / ours | at least 30 | 35 | 0 % | 1, 2 | yes |",
                      text)
        self.assertEqual(text.count("at least"), 1, "nothing is said of what was not measured")


class FigureTests(unittest.TestCase):
    def test_figures_of_ours_and_of_peers_are_of_one_kind(self):
        self.assertEqual(figures.loop_ns(samples.ours(loop=1.0)), 100)
        self.assertEqual(figures.loop_ns(samples.peers(loop=1.0)), 100)
        self.assertEqual(figures.rate(samples.ours(spikes=5000)), 5)
        self.assertEqual(figures.rate(samples.peers(rate=5.5)), 5.5)

    def test_the_rest_is_what_no_phase_says(self):
        rest = figures.phase_seconds("rest")
        self.assertAlmostEqual(rest(samples.ours(loop=1.0)), 0.2)
        self.assertEqual(rest(samples.ours(loop=0.1)), 0)

    def test_events_are_spikes_times_synapses_by_second_and_thread(self):
        one = samples.ours(neurons=100, spikes=500, synapses=100 * 1002, threads=2, deliver=0.01)
        self.assertAlmostEqual(delivery.events_per_second(one), 500 * 1000 / 0.01 / 2)

    def test_layouts_are_compared_with_the_fewest_cores(self):
        runs_set = samples.run_set()
        for ranks, threads, seconds in [(1, 1, 2.0), (1, 2, 1.0), (2, 1, 1.25)]:
            facts = {"case": "active", "neurons": 10, "ranks": ranks, "threads": threads,
                     "cores": ranks * threads}
            samples.add(runs_set, "strong", f"{ranks}x{threads}", 1, facts,
                        **samples.ours(loop=seconds))
            samples.add(runs_set, "weak", f"{ranks}x{threads}", 1, facts,
                        **samples.ours(loop=seconds))
        (strong,) = layouts.STRONG.tables(runs_set)
        (weak,) = layouts.WEAK.tables(runs_set)
        self.assertEqual([row[-2:] for row in strong.rows],
                         [["1", "100 %"], ["2.00", "100 %"], ["1.60", "80 %"]])
        self.assertEqual([row[-1] for row in weak.rows], ["100 %", "200 %", "160 %"])


class CheckTests(unittest.TestCase):
    def test_the_plan_of_memory_is_read(self):
        found = coppice.expectation(
            "a network: no errors\n  neurons          100000\n  synapses         100200000 expected\n"
            "  steps            10000 of 0.1000 ms, epochs of 16\n"
            "  memory per rank  792.8 MB on 1 rank of 2 threads:\n    state          14.4 MB\n"
            "    synapses       403.2 MB\n    small things   12 B\n  states on disk   0 B\n")
        self.assertEqual(found, {
            "bytes": 792.8e6, "synapses": 100_200_000,
            "parts": {"state": 14.4e6, "synapses": 403.2e6, "small things": 12}})


class LauncherTests(unittest.TestCase):
    def test_one_rank_needs_no_launcher_and_a_given_one_is_filled_in(self):
        self.assertEqual(coppice.launched(None, 1, 2), [])
        self.assertEqual(coppice.launched("srun -n {ranks} -c {threads}", 4, 8),
                         ["srun", "-n", "4", "-c", "8"])
        self.assertIn("--oversubscribe", coppice.launched(None, 10_000, 1))
