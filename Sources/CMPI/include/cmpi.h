// The border to the message passing interface: the only header that Swift sees of it.
//
// Every function returns MPI's status, 0 being success; `cmpi_error_string` names the others.
// Errors return (MPI_ERRORS_RETURN), they do not end the process. All calls come from the thread
// that called `cmpi_open` (MPI_THREAD_FUNNELED).

#ifndef COPPICE_CMPI_H
#define COPPICE_CMPI_H

#include <stdint.h>

/// A communicator over all processes of the launch; mpi.h stays in the .c file.
typedef struct cmpi_communicator cmpi_communicator;

/// Room for any text that the functions below write, terminator included.
#define CMPI_TEXT_CAPACITY 8192

/// Statuses of this border beside MPI's own, which are not negative.
enum {
  CMPI_ALREADY_INITIALIZED = -1,    ///< MPI was initialised or finalised before in this process
  CMPI_THREADS_UNSUPPORTED = -2,    ///< the library offers no MPI_THREAD_FUNNELED
  CMPI_OUT_OF_MEMORY = -3,
};

/// Initialises MPI and makes `*opened` of a duplicate of MPI_COMM_WORLD.
int cmpi_open(cmpi_communicator **opened);
/// Frees the communicator and, unless it is a part of another one, finalises MPI. `communicator` is
/// gone, whatever the status.
int cmpi_close(cmpi_communicator *communicator);
/// Makes `*part` of the processes that call with the same `color`, in their order. Its places on
/// the node are those of the whole: other parts are there too.
int cmpi_split(cmpi_communicator *communicator, int32_t color, cmpi_communicator **part);

int32_t cmpi_rank(const cmpi_communicator *communicator);
int32_t cmpi_size(const cmpi_communicator *communicator);
/// Among the processes that share this machine's memory.
int32_t cmpi_rank_on_node(const cmpi_communicator *communicator);
int32_t cmpi_size_on_node(const cmpi_communicator *communicator);

int cmpi_barrier(cmpi_communicator *communicator);
/// `bytes` from each rank, in the order of ranks.
int cmpi_all_gather(cmpi_communicator *communicator, const void *send, int32_t bytes,
                    void *received);
/// `counts[r]` bytes from rank r, to `received + offsets[r]`.
int cmpi_all_gather_varying(cmpi_communicator *communicator, const void *send, int32_t bytes,
                            void *received, const int32_t *counts, const int32_t *offsets);
/// `bytes` to each rank, from `send + r * bytes`, and as many from each.
int cmpi_all_to_all(cmpi_communicator *communicator, const void *send, int32_t bytes,
                    void *received);
/// `sent[r]` bytes from `send + places[r]` to rank r; `counts[r]` bytes from it, to
/// `received + offsets[r]`.
int cmpi_all_to_all_varying(cmpi_communicator *communicator, const void *send, const int32_t *sent,
                            const int32_t *places, void *received, const int32_t *counts,
                            const int32_t *offsets);

/// As the calls without `begin`, but they return at once: `send` and `received` are the library's
/// until `cmpi_wait`. One such call can be under way at a time.
int cmpi_begin_all_gather(cmpi_communicator *communicator, const void *send, int32_t bytes,
                          void *received);
int cmpi_begin_all_to_all(cmpi_communicator *communicator, const void *send, int32_t bytes,
                          void *received);
/// Waits until the call that was begun is done.
int cmpi_wait(cmpi_communicator *communicator);

int cmpi_broadcast(cmpi_communicator *communicator, void *bytes, int32_t count, int32_t root);
int cmpi_minimum(cmpi_communicator *communicator, int64_t value, int64_t *result);
int cmpi_maximum(cmpi_communicator *communicator, int64_t value, int64_t *result);

/// Sends a message to one rank; comes back when `bytes` may be changed.
int cmpi_send(cmpi_communicator *communicator, const void *bytes, int32_t count, int32_t to);
/// Whether a message has come: `*from` is its sender, or -1, `*count` its length.
int cmpi_probe(cmpi_communicator *communicator, int32_t *from, int32_t *count);
/// Takes the message that `cmpi_probe` has told of.
int cmpi_receive(cmpi_communicator *communicator, void *bytes, int32_t count, int32_t from);

/// Ends all ranks of the launch. Does not come back.
_Noreturn void cmpi_abort(cmpi_communicator *communicator, int32_t code);

/// Writes what the status means; `text` has CMPI_TEXT_CAPACITY bytes.
void cmpi_error_string(int status, char *text);
/// Writes name and version of the library, one line; `text` has CMPI_TEXT_CAPACITY bytes.
int cmpi_library_version(char *text);

#endif
