/// One system of axes and what is drawn in it: a plot without a word of how it is drawn.
package struct Panel: Hashable, Sendable {
  /// Numbers that are drawn in one way.
  package struct Series: Hashable, Sendable {
    package enum Style: Hashable, Sendable {
      /// Columns x, y.
      case points
      /// Columns x, y; a NaN breaks the line.
      case line
      /// Columns x of a bar's middle, its height.
      case bars
      /// Columns x, y, radius.
      case discs
      /// Columns x, y; a text at each.
      case labels([String])
    }

    /// In the legend; `nil`: not there.
    package var title: String?
    package var style: Style
    /// Place in the palette.
    package var color: Int
    /// Of one length each.
    package var columns: [[Double]]

    package init(title: String? = nil, style: Style, color: Int = 0, columns: [[Double]]) {
      self.title = title
      self.style = style
      self.color = color
      self.columns = columns
    }
  }

  /// A text in place of a number at an axis.
  package struct Tick: Hashable, Sendable {
    package var place: Double
    package var text: String
  }

  package var title: String
  package var xLabel = ""
  package var yLabel = ""
  /// `nil`: as the numbers want it.
  package var xRange: ClosedRange<Double>?
  package var yRange: ClosedRange<Double>?
  package var yTicks: [Tick]?
  /// Whether there are axes at all, and the unit is as long on both.
  package var isDrawing = false
  /// How high it is, relative to the others of a page.
  package var height = 1.0
  package var series: [Series] = []

  package init(title: String) { self.title = title }
}

/// Why something cannot be plotted.
package struct PlotError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Cause: Hashable, Sendable {
    /// The run has nothing of the kind, or not of the population or the neurons asked for.
    case nothing
    /// Its files cannot be read.
    case reading(exitCode: Int32)
    /// No gnuplot on this machine.
    case noGnuplot
    /// gnuplot could not draw, or could not write the file.
    case drawing
  }

  package var cause: Cause
  package var description: String

  package init(_ cause: Cause, _ description: String) {
    self.cause = cause
    self.description = description
  }
}
