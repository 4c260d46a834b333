public import Networks
public import Units

/// A grid of jobs that differ in some values: the product of the values of each parameter.
///
/// Points are counted with the last parameter varying fastest, as the elements of an array of the
/// same shape.
public struct Sweep: Hashable, Sendable {
  /// One value of a parameter.
  public struct Value: Hashable, Sendable {
    /// As it is put into the job.
    public var text: String
    /// What it is worth; `nil` for what is no number or quantity.
    public var quantity: Quantity?

    /// Makes a value.
    public init(text: String, quantity: Quantity? = nil) {
      self.text = text
      self.quantity = quantity
    }
  }

  /// What varies: a path as of `--set`, and its values.
  public struct Parameter: Hashable, Sendable {
    public var path: String
    public var values: [Value]

    /// Makes a parameter.
    public init(path: String, values: [Value]) {
      self.path = path
      self.values = values
    }

    /// What all values measure; `nil` if one is no number or quantity, or they measure different
    /// things.
    public var dimension: Dimension? {
      guard let first = values.first?.quantity?.dimension,
        values.allSatisfy({ $0.quantity?.dimension == first })
      else { return nil }
      return first
    }
  }

  /// In the order of the job file.
  public var parameters: [Parameter]

  /// Makes a grid.
  public init(_ parameters: [Parameter]) { self.parameters = parameters }

  /// How many points there are, in which order.
  public var shape: GridShape { GridShape(parameters.map(\.values.count)) }

  /// How many points there are.
  public var count: Int { shape.count }

  /// A point by its index.
  public subscript(index: Int) -> SweepPoint {
    let settings = zip(parameters, shape.places(ofPoint: index)).map { parameter, place in
      SweepPoint.Setting(path: parameter.path, value: parameter.values[place])
    }
    return SweepPoint(index: index, name: shape.name(ofPoint: index), settings: settings)
  }
}

/// One point of a grid.
public struct SweepPoint: Hashable, Sendable {
  /// One parameter's value at this point.
  public struct Setting: Hashable, Sendable {
    public var path: String
    public var value: Sweep.Value
  }

  public var index: Int
  /// What its output directory is called.
  public var name: String
  /// In the order of the parameters.
  public var settings: [Setting]
}

extension SweepPoint: CustomStringConvertible {
  /// `0007 (constants.rate = 41 Hz, constants.scale = 1)`.
  public var description: String { "\(name) (\(settingsText))" }

  /// `constants.rate = 41 Hz, constants.scale = 1`.
  public var settingsText: String {
    settings.map { "\($0.path) = \($0.value.text)" }.joined(separator: ", ")
  }
}
