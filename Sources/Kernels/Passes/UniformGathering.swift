extension Program {
  /// Gathers the constant factors of each product: dt × (X × r) becomes X × (dt × r), of which
  /// the second factor is a uniform, and -x / tau becomes x × (-1/tau). A quotient among the
  /// factors gives up those of its numerator: (g × x / y) × w becomes (x / y) × (g × w).
  func gatheringUniforms() -> Program {
    let products = Products(update, constantColumns: constantColumns)
    return rewritingUpdate { place, _, new in
      products.isRoot(place) ? products.factors(of: place).multiplied(in: &new) : nil
    }
  }
}
