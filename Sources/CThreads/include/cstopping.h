// Requests to stop a run that come as signals: what a handler may do is so little that it is C.

#ifndef COPPICE_CSTOPPING_H
#define COPPICE_CSTOPPING_H

#include <stdint.h>

/// From now on USR1, USR2, TERM and INT ask the run to stop instead of ending the process.
/// 0, or an errno.
int32_t cstopping_listen(void);

/// How often the process was asked: 0, 1, or 2 for more than once. What comes within a second of
/// the first request is the same one: launchers and batch systems send signals to a process and to
/// its group.
int32_t cstopping_requests(void);

/// The number of the first signal that came; 0: none has.
int32_t cstopping_signal(void);

#endif
