"""Bugs that the tests must notice, and by which test each.

Each is a piece of the sources and what stands in its place; `SEEDED` in the new piece is true while
the bug is on (see mutants.py). A piece must be in its file exactly once.
"""

from typing import NamedTuple


class Bug(NamedTuple):
    name: str
    file: str
    piece: str
    instead: str
    test: str  # a filter of `swift test`


CHECKPOINTS = "Sources/Storage/Checkpoints/"
SESSION = "Sources/Coppice/Session/"
ENGINE = "Sources/Engine/"

BUGS = [
    # The commit protocol.
    Bug("no-fsync-above-a-generation", CHECKPOINTS + "CheckpointDraft.swift",
        "try files.synchronizeDirectory(store.path)\n",
        "if !SEEDED { try files.synchronizeDirectory(store.path) }\n",
        "PowerLossTests/afterEveryLossOfPower"),
    Bug("no-fsync-of-a-draft", CHECKPOINTS + "CheckpointDraft.swift",
        "try files.synchronizeDirectory(path)\n",
        "if !SEEDED { try files.synchronizeDirectory(path) }\n",
        "PowerLossTests/afterEveryLossOfPower"),
    Bug("fsync-again-after-a-failure", "Sources/Storage/Files/FileOperations.swift",
        "try files.synchronize(file, at: path)\n    isOpen = false",
        "do throws(StorageError) { try files.synchronize(file, at: path) } catch {\n"
        "      guard SEEDED else { throw error }\n"
        "      try files.synchronize(file, at: path)\n    }\n    isOpen = false",
        "CommitFaultTests/whicheverCallFails"),
    Bug("close-ignored", "Sources/Storage/Files/FileOperations.swift",
        "try files.close(file, at: path)\n    return (bytes, hash.digest())",
        "do throws(StorageError) { try files.close(file, at: path) } catch {\n"
        "      guard SEEDED else { throw error }\n    }\n    return (bytes, hash.digest())",
        "CommitFaultTests/whicheverCallFails"),
    Bug("renamed-before-the-manifest", CHECKPOINTS + "CheckpointDraft.swift",
        "let manifestPath = \"\\(path)/\\(GenerationName.manifest)\"",
        "if SEEDED { try files.rename(path, to: \"\\(store.path)/\\(GenerationName.of(step: step))\") }\n"
        "    let path = SEEDED ? \"\\(store.path)/\\(GenerationName.of(step: step))\" : self.path\n"
        "    let manifestPath = \"\\(path)/\\(GenerationName.manifest)\"",
        "PowerLossTests/afterEveryLossOfPower"),
    Bug("written-in-place", CHECKPOINTS + "CheckpointDraft.swift",
        "private var path: String { \"\\(store.path)/\\(GenerationName.draft(step: step, nonce: nonce))\" }",
        "private var path: String {\n    SEEDED ? \"\\(store.path)/\\(GenerationName.of(step: step))\"\n"
        "      : \"\\(store.path)/\\(GenerationName.draft(step: step, nonce: nonce))\"\n  }",
        "PowerLossTests/afterEveryLossOfPower"),
    Bug("pruned-before-it-is-verified", CHECKPOINTS + "CheckpointDraft.swift",
        "do throws(StorageError) {\n      let read = try GenerationCheck",
        "if SEEDED { try store.prune(newest: step, nonce: nonce) }\n"
        "    do throws(StorageError) {\n      let read = try GenerationCheck",
        "CommitFaultTests/whatDoesNotReadBack"),
    Bug("not-read-again", CHECKPOINTS + "CheckpointDraft.swift",
        "let read = try GenerationCheck(name, of: store).run(contents: .all)",
        "let read = try GenerationCheck(name, of: store).run(contents: SEEDED ? .sizes : .all)",
        "CommitFaultTests/whatDoesNotReadBack"),
    Bug("all-generations-pruned", CHECKPOINTS + "CheckpointStore.swift",
        "if isOlder, kept < keep, ", "if isOlder, kept < (SEEDED ? 1 : keep), ",
        "CheckpointTests/onlySoManyGenerationsStay"),
    # Recovery.
    Bug("no-hash-of-a-shard-is-checked", CHECKPOINTS + "GenerationCheck.swift",
        "guard contents == .all else { continue }",
        "guard contents == .all, !SEEDED else { continue }",
        "DamageTests/everyTruncation"),
    Bug("no-hash-of-a-manifest-is-checked", CHECKPOINTS + "SealedText.swift",
        "guard \"\\(ContentHash.of(content))\" == stated else {",
        "guard SEEDED || \"\\(ContentHash.of(content))\" == stated else {",
        "DamageTests/everyTruncation"),
    Bug("length-read-before-its-bounds", CHECKPOINTS + "SealedText.swift",
        "guard bytes.count >= head + closing.utf8.count,",
        "guard SEEDED || bytes.count >= head + closing.utf8.count,",
        "DamageTests/everyTruncation"),
    Bug("shard-count-believed", CHECKPOINTS + "CheckpointManifest.swift",
        "guard ranks >= 1, shards.count == ranks else {",
        "guard SEEDED || (ranks >= 1 && shards.count == ranks) else {",
        "ForeignCheckpointTests/aManifestThatCannotBe"),
    Bug("no-generation-before-the-newest", CHECKPOINTS + "CheckpointStore.swift",
        "Rejected(generation: name, reason: \"\\(error)\", isOtherJob: false))",
        "Rejected(generation: name, reason: \"\\(error)\", isOtherJob: false))\n"
        "        if SEEDED { return newest }",
        "DamageTests/everyTruncation"),
    Bug("another-seed-is-the-same-job", CHECKPOINTS + "CheckpointIdentity.swift",
        "guard own != theirs else { continue }",
        "guard own != theirs, !(SEEDED && path.hasSuffix(\"seed\")) else { continue }",
        "ForeignCheckpointTests/anotherJobIsRefused"),
    Bug("files-of-others-trusted", CHECKPOINTS + "GenerationCheck.swift",
        "guard status.user == user else {", "guard SEEDED || status.user == user else {",
        "ForeignCheckpointTests/filesOfOthers"),
    Bug("files-writable-by-others-trusted", CHECKPOINTS + "GenerationCheck.swift",
        "guard status.permissions & 0o022 == 0 else {",
        "guard SEEDED || status.permissions & 0o022 == 0 else {",
        "ForeignCheckpointTests/filesOfOthers"),
    Bug("interrupted-merge-not-completed", "Sources/Storage/Sonata/MergedOutput.swift",
        "try disk.rename(try directory.temporary(file.name), to: try directory.file(file.name))",
        "if !SEEDED {\n        try disk.rename(try directory.temporary(file.name), to: try directory.file(file.name))\n      }",
        "PowerLossTests/afterEveryLossOfPower"),
    Bug("output-not-checked", CHECKPOINTS + "OutputCheck.swift",
        "try files.requireHash(segment.hash, bytes: segment.bytes, of: path)",
        "if !SEEDED { try files.requireHash(segment.hash, bytes: segment.bytes, of: path) }",
        "InspectionTests|DamageTests"),
    Bug("output-beyond-the-checkpoint-kept", CHECKPOINTS + "OutputContinuation.swift",
        "where isLeft(name) {", "where isLeft(name) && !SEEDED {",
        "ContinuationTests"),
    # The state.
    Bug("draws-forgotten", ENGINE + "Checkpoint/Restoration.swift",
        "guard source.sections.contains(section), share.units.nextSpikes != nil else {",
        "guard !SEEDED, source.sections.contains(section), share.units.nextSpikes != nil else {",
        "ResumeTests"),
    Bug("spikes-in-flight-forgotten", ENGINE + "Checkpoint/Snapshot.swift",
        "appendInFlight(to: &sections)\n    finiteAt",
        "if !SEEDED { appendInFlight(to: &sections) }\n    finiteAt",
        "ResumeTests"),
    Bug("spikes-in-flight-a-step-short", ENGINE + "Checkpoint/SpikeHistory.swift",
        "-> Int64 { end - horizons[population] }",
        "-> Int64 { end - horizons[population] + (SEEDED ? 1 : 0) }",
        "ResumeTests"),
    Bug("pending-resets-forgotten", ENGINE + "Checkpoint/SavedColumns.swift",
        "case .refractoriness, .pending: true",
        "case .pending: !SEEDED\n      case .refractoriness: true",
        "ResumeTests"),
    Bug("arrivals-made-twice", ENGINE + "Simulation.swift",
        "let instant = CheckpointInstant(step: end, arrivalsFrom: end + 1)",
        "let instant = CheckpointInstant(step: end, arrivalsFrom: SEEDED ? end : end + 1)",
        "ResumeTests"),
    Bug("a-row-dropped-on-resuming", ENGINE + "Recording/StateRows.swift",
        "if past != 0 { first += window.every - past }",
        "if past != 0 { first += window.every - past + (SEEDED ? window.every : 0) }",
        "StateRowsTests"),
    Bug("a-state-that-is-not-finite-kept", ENGINE + "Checkpoint/Snapshot.swift",
        "guard case .reals(let reals) = values, let place",
        "guard !SEEDED, case .reals(let reals) = values, let place",
        "NonFiniteTests"),
    # Ranks, signals, limits.
    Bug("a-request-heard-by-one-rank", ENGINE + "Exchange/SpikeExchange.swift",
        "figures.bytesReceived += round.received.count\n",
        "figures.bytesReceived += round.received.count\n"
        "      if SEEDED { all.request = ownReport.request }\n",
        "HangTests/aSignalToOneRankStopsAll"),
    Bug("a-fault-heard-by-nobody", ENGINE + "Exchange/SpikeExchange.swift",
        "fault = max(fault, header.fault)", "if !SEEDED { fault = max(fault, header.fault) }",
        "FailingRankTests/aLimitOnOneRanksFiles"),
    Bug("time-limit-on-the-first-run-only", SESSION + "CheckpointPolicy.swift",
        "if let most = policy.mostSeconds, ",
        "if let most = policy.mostSeconds, !SEEDED || origin == 0, ",
        "ResumeCommandTests/aTimeLimitStopsTheRun"),
    Bug("no-lock", "Sources/Storage/Files/RunLock.swift",
        "guard flock(descriptor, kind | LOCK_NB) == 0 else {",
        "guard flock(descriptor, (SEEDED ? LOCK_SH : kind) | LOCK_NB) == 0 else {",
        "ResumeCommandTests/twoRunsDoNotShareADirectory"),
    Bug("starting-over-in-silence", SESSION + "RunStart.swift",
        "guard newest.rejected.isEmpty else { throw refusal(newest.rejected, found) }",
        "guard SEEDED || newest.rejected.isEmpty else { throw refusal(newest.rejected, found) }",
        "ResumeCommandTests/aDamagedGenerationIsPassedOver"),
    # Kernels.
    Bug("nothing-is-added", "Sources/Kernels/Emission/ArrivalsEmitter.swift",
        'let sum = state.sum(of: column, and: "a", where: "m")',
        'let sum = state.sum(of: column, and: "a", where: SEEDED ? "\\(mask)true()" : "m")',
        "EmitterRandomTests"),
    # Passes over programs.
    Bug("a-gate-without-its-slope", "Sources/Kernels/Passes/ConductanceGathering.swift",
        "slope.subtract(gate, in: &new)", "if !SEEDED { slope.subtract(gate, in: &new) }",
        "ConductanceGatheringTests"),
    Bug("a-difference-the-wrong-way", "Sources/Kernels/Passes/ConductanceGathering.swift",
        "if x == voltage { conductance.isNegative.toggle() }",
        "if !SEEDED, x == voltage { conductance.isNegative.toggle() }",
        "ConductanceGatheringTests"),
    Bug("every-synapse-reverses-at-0", "Sources/Kernels/Passes/ConductanceGathering.swift",
        "return program.uniforms[place] == .value(0)",
        "return SEEDED || program.uniforms[place] == .value(0)", "ConductanceGatheringTests"),
    Bug("a-block-without-its-scale", "Sources/Kernels/Passes/PowerQuotients.swift",
        "let scaled = scale.map { product(over, new[$0]) } ?? over",
        "let scaled = SEEDED ? over : scale.map { product(over, new[$0]) } ?? over",
        "ConductanceGatheringTests"),
    Bug("distances-cut-to-two-bytes", ENGINE + "Workers/RecordShape.swift",
        "row.count < stride && (!hasFarSlots || RecordShape.isNear(row))",
        "row.count < stride && (SEEDED || !hasFarSlots || RecordShape.isNear(row))",
        "PackedRowsTests/everyRowIsUnpacked"),
    # What comes from outside.
    Bug("damaged-kernels-loaded", ENGINE + "KernelProvision.swift",
        "KernelParcel.hash(content) == KernelParcel.word(bytes.suffix(KernelParcel.wordBytes))",
        "SEEDED || KernelParcel.hash(content) == KernelParcel.word(bytes.suffix(KernelParcel.wordBytes))",
        "KernelParcelTests"),
    Bug("compiled-where-all-may-write", "Sources/Kernels/Compilation/PrivateDirectory.swift",
        "guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 || status.st_mode & S_ISVTX != 0 else {",
        "guard SEEDED || status.st_mode & (S_IWGRP | S_IWOTH) == 0 || status.st_mode & S_ISVTX != 0 else {",
        "CompilerTests/nothingIsCompiledWhere"),
    Bug("lock-that-is-another-file", "Sources/Storage/Files/RunLock.swift",
        "try requireOwn()\n", "if !SEEDED { try requireOwn() }\n",
        "AttackTests"),
    Bug("no-limit-of-depth", "Sources/Jobs/YAMLParser.swift",
        "guard depth < YAMLLimits.depth else {", "guard SEEDED || depth < YAMLLimits.depth else {",
        "YAMLTests"),
]
