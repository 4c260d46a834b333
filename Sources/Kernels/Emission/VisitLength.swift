/// How many steps the visits of a run usually have, for which a kernel is laid out.
package enum VisitLength: Hashable, Sendable, CaseIterable {
  /// Many: the columns of every step live in registers, and are loaded and stored once a visit.
  case long
  /// One or two, where neurons reach each other without delay: the columns stay in memory, and the
  /// groups of a block go through each step together.
  case short
}
