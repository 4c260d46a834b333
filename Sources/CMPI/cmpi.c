#include "cmpi.h"

#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Static_assert(CMPI_TEXT_CAPACITY >= MPI_MAX_LIBRARY_VERSION_STRING, "room for the version");
_Static_assert(CMPI_TEXT_CAPACITY >= MPI_MAX_ERROR_STRING, "room for errors");

struct cmpi_communicator {
  MPI_Comm world;
  /// The call that was begun and not waited for; MPI_REQUEST_NULL: none.
  MPI_Request begun;
  int rank;
  int size;
  int rank_on_node;
  int size_on_node;
  int is_part;
};

/// Of messages from one rank to another.
enum { message_tag = 1 };

/// Sets `*rank_on_node` and `*size_on_node` of a communicator whose other fields are set.
static int place_on_node(cmpi_communicator *communicator) {
  MPI_Comm node;
  int status = MPI_Comm_split_type(communicator->world, MPI_COMM_TYPE_SHARED, communicator->rank,
                                   MPI_INFO_NULL, &node);
  if (status != MPI_SUCCESS) return status;
  status = MPI_Comm_rank(node, &communicator->rank_on_node);
  if (status == MPI_SUCCESS) status = MPI_Comm_size(node, &communicator->size_on_node);
  int freed = MPI_Comm_free(&node);
  return status != MPI_SUCCESS ? status : freed;
}

/// Duplicates the world, whose errors are to return, and fills in the fields.
static int describe(cmpi_communicator *communicator) {
  int status = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  if (status != MPI_SUCCESS) return status;
  status = MPI_Comm_dup(MPI_COMM_WORLD, &communicator->world);
  if (status != MPI_SUCCESS) return status;
  status = MPI_Comm_set_errhandler(communicator->world, MPI_ERRORS_RETURN);
  if (status != MPI_SUCCESS) return status;
  status = MPI_Comm_rank(communicator->world, &communicator->rank);
  if (status != MPI_SUCCESS) return status;
  status = MPI_Comm_size(communicator->world, &communicator->size);
  if (status != MPI_SUCCESS) return status;
  return place_on_node(communicator);
}

int cmpi_open(cmpi_communicator **opened) {
  *opened = NULL;
  int initialized = 0, finalized = 0;
  int status = MPI_Initialized(&initialized);
  if (status != MPI_SUCCESS) return status;
  status = MPI_Finalized(&finalized);
  if (status != MPI_SUCCESS) return status;
  if (initialized || finalized) return CMPI_ALREADY_INITIALIZED;

  cmpi_communicator *communicator = calloc(1, sizeof *communicator);
  if (communicator == NULL) return CMPI_OUT_OF_MEMORY;
  communicator->world = MPI_COMM_NULL;
  communicator->begun = MPI_REQUEST_NULL;
  int provided = MPI_THREAD_SINGLE;
  status = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
  if (status != MPI_SUCCESS) {
    free(communicator);
    return status;
  }
  status = provided < MPI_THREAD_FUNNELED ? CMPI_THREADS_UNSUPPORTED : describe(communicator);
  if (status != MPI_SUCCESS) {
    cmpi_close(communicator);
    return status;
  }
  *opened = communicator;
  return MPI_SUCCESS;
}

int cmpi_close(cmpi_communicator *communicator) {
  int freed = MPI_SUCCESS;
  if (communicator->world != MPI_COMM_NULL) freed = MPI_Comm_free(&communicator->world);
  int finalized = communicator->is_part ? MPI_SUCCESS : MPI_Finalize();
  free(communicator);
  return freed != MPI_SUCCESS ? freed : finalized;
}

int cmpi_split(cmpi_communicator *communicator, int32_t color, cmpi_communicator **part) {
  *part = NULL;
  cmpi_communicator *made = calloc(1, sizeof *made);
  if (made == NULL) return CMPI_OUT_OF_MEMORY;
  made->is_part = 1;
  made->rank_on_node = communicator->rank_on_node;
  made->size_on_node = communicator->size_on_node;
  // Errors return from it as they do from the communicator that it is a part of.
  int status = MPI_Comm_split(communicator->world, color, communicator->rank, &made->world);
  if (status == MPI_SUCCESS) status = MPI_Comm_rank(made->world, &made->rank);
  if (status == MPI_SUCCESS) status = MPI_Comm_size(made->world, &made->size);
  if (status != MPI_SUCCESS) {
    free(made);
    return status;
  }
  *part = made;
  return MPI_SUCCESS;
}

int32_t cmpi_rank(const cmpi_communicator *communicator) { return communicator->rank; }
int32_t cmpi_size(const cmpi_communicator *communicator) { return communicator->size; }
int32_t cmpi_rank_on_node(const cmpi_communicator *communicator) {
  return communicator->rank_on_node;
}
int32_t cmpi_size_on_node(const cmpi_communicator *communicator) {
  return communicator->size_on_node;
}

int cmpi_barrier(cmpi_communicator *communicator) { return MPI_Barrier(communicator->world); }

int cmpi_all_gather(cmpi_communicator *communicator, const void *send, int32_t bytes,
                    void *received) {
  return MPI_Allgather(send, bytes, MPI_BYTE, received, bytes, MPI_BYTE, communicator->world);
}

int cmpi_all_gather_varying(cmpi_communicator *communicator, const void *send, int32_t bytes,
                            void *received, const int32_t *counts, const int32_t *offsets) {
  return MPI_Allgatherv(send, bytes, MPI_BYTE, received, counts, offsets, MPI_BYTE,
                        communicator->world);
}

int cmpi_all_to_all(cmpi_communicator *communicator, const void *send, int32_t bytes,
                    void *received) {
  return MPI_Alltoall(send, bytes, MPI_BYTE, received, bytes, MPI_BYTE, communicator->world);
}

int cmpi_all_to_all_varying(cmpi_communicator *communicator, const void *send, const int32_t *sent,
                            const int32_t *places, void *received, const int32_t *counts,
                            const int32_t *offsets) {
  return MPI_Alltoallv(send, sent, places, MPI_BYTE, received, counts, offsets, MPI_BYTE,
                       communicator->world);
}

int cmpi_begin_all_gather(cmpi_communicator *communicator, const void *send, int32_t bytes,
                          void *received) {
  return MPI_Iallgather(send, bytes, MPI_BYTE, received, bytes, MPI_BYTE, communicator->world,
                        &communicator->begun);
}

int cmpi_begin_all_to_all(cmpi_communicator *communicator, const void *send, int32_t bytes,
                          void *received) {
  return MPI_Ialltoall(send, bytes, MPI_BYTE, received, bytes, MPI_BYTE, communicator->world,
                       &communicator->begun);
}

int cmpi_wait(cmpi_communicator *communicator) {
  return MPI_Wait(&communicator->begun, MPI_STATUS_IGNORE);
}

int cmpi_broadcast(cmpi_communicator *communicator, void *bytes, int32_t count, int32_t root) {
  return MPI_Bcast(bytes, count, MPI_BYTE, root, communicator->world);
}

int cmpi_minimum(cmpi_communicator *communicator, int64_t value, int64_t *result) {
  return MPI_Allreduce(&value, result, 1, MPI_INT64_T, MPI_MIN, communicator->world);
}

int cmpi_maximum(cmpi_communicator *communicator, int64_t value, int64_t *result) {
  return MPI_Allreduce(&value, result, 1, MPI_INT64_T, MPI_MAX, communicator->world);
}

int cmpi_send(cmpi_communicator *communicator, const void *bytes, int32_t count, int32_t to) {
  return MPI_Send(bytes, count, MPI_BYTE, to, message_tag, communicator->world);
}

int cmpi_probe(cmpi_communicator *communicator, int32_t *from, int32_t *count) {
  int has_come = 0, bytes = 0;
  MPI_Status message;
  *from = -1;
  *count = 0;
  int status = MPI_Iprobe(MPI_ANY_SOURCE, message_tag, communicator->world, &has_come, &message);
  if (status != MPI_SUCCESS || !has_come) return status;
  status = MPI_Get_count(&message, MPI_BYTE, &bytes);
  *from = message.MPI_SOURCE;
  *count = bytes;
  return status;
}

int cmpi_receive(cmpi_communicator *communicator, void *bytes, int32_t count, int32_t from) {
  return MPI_Recv(bytes, count, MPI_BYTE, from, message_tag, communicator->world,
                  MPI_STATUS_IGNORE);
}

_Noreturn void cmpi_abort(cmpi_communicator *communicator, int32_t code) {
  // A part ends all of the launch too.
  MPI_Abort(MPI_COMM_WORLD, code);
  _exit(code);
}

void cmpi_error_string(int status, char *text) {
  switch (status) {
    case CMPI_ALREADY_INITIALIZED:
      strcpy(text, "MPI can be opened once in a process only");
      return;
    case CMPI_THREADS_UNSUPPORTED:
      strcpy(text, "this MPI library gives no thread support (MPI_THREAD_FUNNELED)");
      return;
    case CMPI_OUT_OF_MEMORY:
      strcpy(text, "out of memory");
      return;
  }
  int length = 0;
  if (MPI_Error_string(status, text, &length) != MPI_SUCCESS) strcpy(text, "unknown MPI error");
}

int cmpi_library_version(char *text) {
  int length = 0;
  int status = MPI_Get_library_version(text, &length);
  if (status != MPI_SUCCESS) return status;
  char *end = strchr(text, '\n');
  if (end != NULL) *end = 0;
  return MPI_SUCCESS;
}
