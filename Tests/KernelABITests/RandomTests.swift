import KernelABI
import Testing

@Suite struct RandomTests {
  @Test func `Philox gives the known answers of Random123`() {
    let known: [(counter: [UInt32], key: UInt64, words: [UInt32])] = [
      ([0, 0, 0, 0], 0, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
      (
        [.max, .max, .max, .max], .max, [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], 0x299f_31d0_a409_3822,
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ]
    for (counter, key, words) in known {
      var out = [UInt32](repeating: 0, count: 4)
      coppice_philox4x32(counter, key, &out)
      #expect(out == words)
    }
  }

  @Test func `A uniform number is a function of key, neuron, step and ordinal alone`() {
    let draw = Draw(
      key: 0x0123_4567_89ab_cdef, neuron: 0xffff_fffc, step: 0x1_2345_6789, ordinal: 7)
    let runs = Operations.available.map { $0.uniform(draw, count: 1_000) }
    for run in runs {
      #expect(firstDifference(runs[0], run) == nil)
      for lane in 0..<run.count {
        let neuron = UInt32(truncatingIfNeeded: draw.neuron + UInt64(lane))
        #expect(run.start[lane] == coppice_uniform(draw.key, neuron, draw.ordinal, draw.step))
      }
    }
    // A block that begins elsewhere draws the same.
    for operations in Operations.available {
      let later = operations.uniform(
        Draw(key: draw.key, neuron: draw.neuron + 16, step: draw.step, ordinal: 7), count: 64)
      #expect((0..<64).allSatisfy { later.start[$0] == runs[0].start[$0 + 16] })
    }
  }

  @Test func `Uniform numbers fill the interval evenly`() throws {
    let operations = try #require(Operations.available.last)
    let values = operations.uniform(Draw(key: 42), count: 200_000).values
    var cells = [Int](repeating: 0, count: 100)
    for value in values {
      try #require(value >= 0 && value < 1)
      cells[Int(value * 100)] += 1
    }
    let expected = Double(values.count) / 100
    let square = cells.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) }
    // Mean 99 and deviation 14: a limit of five deviations.
    #expect(square / expected < 170)
    #expect(Set(values).count == values.count)
  }

  @Test func `Keys, steps and ordinals give streams of their own`() throws {
    let operations = try #require(Operations.available.last)
    let draws = [
      Draw(key: 1), Draw(key: 2), Draw(key: 1 << 32), Draw(key: 1, step: 1),
      Draw(key: 1, step: 1 << 32), Draw(key: 1, ordinal: 1),
    ]
    let values = draws.flatMap { operations.uniform($0, count: 1_000).values }
    #expect(Set(values).count == values.count)
  }

  @Test func `The quantile inverts the normal distribution function`() {
    // Percentage points to 16 digits.
    let known: [(Double, Double)] = [
      (0.5, 0), (0.975, 1.959963984540054), (0.025, -1.959963984540054),
      (0.8413447460685429, 1), (0.9986501019683699, 3), (1e-10, -6.361340902404056),
      (1e-15, -7.941345326170998), (1e-20, -9.262340089798408), (1e-300, -37.047096299361199),
    ]
    for (probability, point) in known {
      let got = coppice_normal_quantile(probability)
      #expect(abs(got - point) <= 1e-14 * max(1, abs(point)), "\(probability): \(got)")
    }
    #expect(coppice_normal_quantile(0) == -.infinity)
    #expect(coppice_normal_quantile(1) == .infinity)
    #expect(coppice_normal_quantile(-0.1).isNaN)
    #expect(coppice_normal_quantile(1.1).isNaN)
    #expect(coppice_normal_quantile(.nan).isNaN)
  }

  @Test func `Normal numbers have the moments of the normal distribution`() throws {
    let runs = Operations.available.map {
      $0.normal(Draw(key: 99, neuron: 5, step: 3, ordinal: 2), count: 200_000)
    }
    for run in runs { #expect(firstDifference(runs[0], run) == nil) }
    let values = try #require(runs.last).values
    let count = Double(values.count)
    let moments = (1...4).map { power in
      values.reduce(0) { sum, x in
        sum + (0..<power).reduce(1) { product, _ in product * x }
      } / count
    }
    // Deviations of these means: 1, √2, √15 and √96 over √n; five of them.
    #expect(abs(moments[0]) < 5 / count.squareRoot())
    #expect(abs(moments[1] - 1) < 5 * (2 / count).squareRoot())
    #expect(abs(moments[2]) < 5 * (15 / count).squareRoot())
    #expect(abs(moments[3] - 3) < 5 * (96 / count).squareRoot())
    let beyond = Double(values.count { abs($0) > 1.959963984540054 }) / count
    #expect(abs(beyond - 0.05) < 5 * (0.05 * 0.95 / count).squareRoot())
  }

  @Test(arguments: [0.01, 0.3, 1, 4.5, 9.99, 10, 17.3, 100, 5_000, 1e7])
  func `Poisson numbers have the distribution of their mean`(mean: Double) throws {
    let count = 100_000
    let means = Lanes([Double](repeating: mean, count: count))
    let draw = Draw(key: 1234, step: 17, ordinal: 1)
    let runs = Operations.available.map { $0.poisson(draw, mean: means) }
    for run in runs { #expect(firstDifference(runs[0], run) == nil) }
    let values = try #require(runs.last).values
    #expect(values.allSatisfy { $0 >= 0 && $0 == $0.rounded() })

    let total = Double(count)
    let average = values.reduce(0, +) / total
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / total
    #expect(abs(average - mean) < 5 * (mean / total).squareRoot())
    // The fourth central moment is λ + 3 λ².
    let spread = ((mean + 2 * mean * mean) / total).squareRoot()
    #expect(abs(variance - mean) < 5 * spread)

    if mean <= 5_000 { try expectPoisson(values, mean: mean) }
  }

  /// Chi-square over all numbers that are expected often enough.
  private func expectPoisson(_ values: [Double], mean: Double) throws {
    var counts: [Double: Double] = [:]
    for value in values { counts[value, default: 0] += 1 }
    let total = Double(values.count)
    let top = Int(mean + 12 * mean.squareRoot() + 12)
    var logFactorial = 0.0
    var square = 0.0
    var cells = 0
    var rest = (seen: total, expected: total)
    for k in 0...top {
      if k > 0 { logFactorial += coppice_log(Double(k)) }
      let expected = total * coppice_exp(Double(k) * coppice_log(mean) - mean - logFactorial)
      guard expected >= 20 else { continue }
      let seen = counts[Double(k), default: 0]
      square += (seen - expected) * (seen - expected) / expected
      cells += 1
      rest = (rest.seen - seen, rest.expected - expected)
    }
    try #require(cells > 1)
    if rest.expected > 20 {
      square += (rest.seen - rest.expected) * (rest.seen - rest.expected) / rest.expected
    }
    let freedom = Double(cells)
    #expect(square < freedom + 5 * (2 * freedom).squareRoot() + 5, "\(cells) cells")
  }

  @Test func `Poisson numbers of strange means are what the means say`() throws {
    let means = Lanes([0, -1, .nan, .infinity, 0x1p60, -0.0, 0x1p-1060, 9.9999])
    for operations in Operations.available {
      let values = operations.poisson(Draw(key: 5), mean: means).values
      #expect(values[0] == 0)
      #expect(values[1].isNaN)
      #expect(values[2].isNaN)
      #expect(values[3] == .infinity)
      #expect(abs(values[4] - 0x1p60) < 10 * 0x1p30)
      #expect(values[5] == 0)
      #expect(values[6] == 0)
      #expect(values[7] < 60)
    }
  }
}
