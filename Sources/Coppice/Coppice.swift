// What `import Coppice` gives: descriptions of neurons and networks, jobs, and runs of them.

@_exported public import Equations
@_exported public import Jobs
@_exported public import Models
@_exported public import Networks
@_exported public import Units
