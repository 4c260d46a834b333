#include "chdf5.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/// Longest time of computing of a child, in s: damage can also mean a loop.
#define MOST_SECONDS 900
/// Smaller claims of a dataset are believed: one never written is legal and takes no space.
#define MODEST_BYTES (1 << 20)
/// Deflate, the only compression at hand, shrinks no more than this.
#define MOST_COMPRESSION 1032

/// What the child does; fills a reading of its own.
struct task {
  const char *path;
  const char *object;
  /// A type of numbers, or negative for names.
  int32_t type;
  /// Dimensions that its numbers may have.
  int32_t most_rank;
};

// MARK: In the child

static void refuse(chdf5_reading *reading, const char *reason) {
  reading->outcome = CHDF5_READ_REFUSED;
  snprintf(reading->text, sizeof reading->text, "%s", reason);
}

static void refuse_as_library(chdf5_reading *reading) {
  reading->outcome = CHDF5_READ_REFUSED;
  chdf5_error_text(reading->text, sizeof reading->text);
}

/// Appends to the reading's text as far as there is room.
static void append_text(chdf5_reading *reading, const char *text) {
  size_t length = strlen(reading->text);
  snprintf(reading->text + length, sizeof reading->text - length, "%s", text);
}

/// Says which names there are, a few of them.
static void refuse_missing(int64_t group, const char *name, int is_last, chdf5_reading *reading) {
  refuse(reading, is_last ? "it has nothing of the name '" : "it has no group '");
  append_text(reading, name);
  append_text(reading, "'; there is ");
  int64_t count = chdf5_link_count(group);
  if (count <= 0) append_text(reading, "nothing");
  for (int64_t k = 0; k < count && k < 20; k++) {
    char other[256];
    if (chdf5_link_name(group, (uint64_t)k, other, sizeof other) < 0) return;
    if (k > 0) append_text(reading, ", ");
    append_text(reading, other);
  }
  if (count > 20) append_text(reading, ", ...");
}

/// Whether a group has a link of a name.
static int has_link(int64_t group, const char *name) {
  int64_t count = chdf5_link_count(group);
  for (int64_t k = 0; k < count; k++) {
    char other[1025];
    int64_t length = chdf5_link_name(group, (uint64_t)k, other, sizeof other);
    if (length < 0) return 0;
    if (length < (int64_t)sizeof other && strcmp(other, name) == 0) return 1;
  }
  return 0;
}

/// Checks that a name leads to an object of a kind, by no link to elsewhere.
static int leads_to(
    int64_t group, const char *name, int32_t kind, int is_last, chdf5_reading *reading) {
  if (!has_link(group, name)) {
    refuse_missing(group, name, is_last, reading);
    return 0;
  }
  int32_t found = chdf5_link_kind(group, name);
  if (found == kind) return 1;
  if (found < 0) {
    refuse_as_library(reading);
    return 0;
  }
  refuse(reading, "'");
  append_text(reading, name);
  append_text(
      reading, found == CHDF5_LINK_INDIRECT  ? "' is a link to elsewhere, which is not followed"
               : kind == CHDF5_LINK_GROUP ? "' is not a group"
                                             : "' is not a dataset");
  return 0;
}

/// Opens all groups on the way; `name` is left at the last name. Negative after a refusal.
static int64_t open_way(
    int64_t file, const char **name, int takes_last, chdf5_reading *reading) {
  int64_t group = file;
  while (**name != 0) {
    const char *next = *name + strlen(*name) + 1;
    int is_last = *next == 0;
    if (is_last && !takes_last) return group;
    if (!leads_to(group, *name, CHDF5_LINK_GROUP, is_last, reading)) return -1;
    group = chdf5_group_open(group, *name);
    if (group < 0) {
      refuse_as_library(reading);
      return -1;
    }
    *name = next;
  }
  return group;
}

static void read_names(int64_t group, chdf5_reading *reading) {
  int64_t count = chdf5_link_count(group);
  if (count < 0) return refuse_as_library(reading);
  if (count > 100000) return refuse(reading, "it holds more than 100,000 names");
  char *names = malloc((size_t)count * 1025 + 1);
  if (names == NULL) return refuse(reading, "there is no memory for its names");
  size_t length = 0;
  for (int64_t k = 0; k < count; k++) {
    int64_t added = chdf5_link_name(group, (uint64_t)k, names + length, 1025);
    if (added < 0) return refuse_as_library(reading);
    length += (added < 1025 ? (size_t)added : 1024) + 1;
  }
  reading->bytes = names;
  reading->byte_count = length;
}

/// Refuses more elements than a file of this length can hold, before memory is asked for.
static int is_possible(
    int64_t dataset, uint64_t count, uint64_t element_bytes, const char *path,
    chdf5_reading *reading) {
  struct stat status;
  int32_t filters = chdf5_dataset_filters(dataset);
  if (filters < 0 || stat(path, &status) != 0) {
    refuse_as_library(reading);
    return 0;
  }
  uint64_t bytes, most;
  int is_too_much = __builtin_mul_overflow(count, element_bytes, &bytes);
  if (__builtin_mul_overflow(
          (uint64_t)status.st_size, (uint64_t)(filters > 0 ? MOST_COMPRESSION : 1), &most)) {
    most = UINT64_MAX;
  }
  if (!is_too_much && (bytes <= MODEST_BYTES || bytes <= most) && count <= UINT64_MAX / 8) return 1;
  refuse(reading, "it claims more elements than a file of this length can hold; it is damaged");
  return 0;
}

static void read_units(int64_t dataset, chdf5_reading *reading) {
  int32_t is_text = 0;
  int32_t exists = chdf5_attribute_exists(dataset, "units");
  if (exists < 0) return refuse_as_library(reading);
  if (exists == 0) return;
  int64_t size = chdf5_attribute_size(dataset, "units", &is_text);
  if (size < 0) return refuse_as_library(reading);
  if (!is_text || size > 64) return refuse(reading, "its attribute 'units' is not a short text");
  if (chdf5_attribute_read(dataset, "units", reading->text, 64) < 0) {
    return refuse_as_library(reading);
  }
  reading->text[size] = 0;
}

static void read_list(int64_t dataset, const struct task *task, chdf5_reading *reading) {
  uint64_t sizes[CHDF5_MAXIMUM_RANK], starts[2] = {0, 0}, element_bytes = 0;
  int32_t rank = chdf5_dataset_dimensions(dataset, sizes);
  if (rank < 0) return refuse_as_library(reading);
  if (rank < 1 || rank > task->most_rank) {
    return refuse(
        reading, task->most_rank == 1 ? "it is no list: it has not one dimension"
                                      : "it has neither one nor two dimensions");
  }
  int32_t class = chdf5_dataset_class(dataset, &element_bytes);
  if (class < 0) return refuse_as_library(reading);
  int is_number = class == CHDF5_CLASS_INTEGER ||
                  (class == CHDF5_CLASS_FLOAT && task->type == CHDF5_FLOAT64);
  if (!is_number || element_bytes > 8) {
    return refuse(
        reading, task->type == CHDF5_FLOAT64 ? "its elements are not numbers of up to 64 bits"
                                             : "its elements are not integers of up to 64 bits");
  }
  uint64_t count = sizes[0];
  if (rank == 2) {
    reading->columns = sizes[1];
    if (__builtin_mul_overflow(sizes[0], sizes[1], &count)) count = UINT64_MAX;
  }
  if (!is_possible(dataset, count, element_bytes, task->path, reading)) return;
  read_units(dataset, reading);
  if (reading->outcome != CHDF5_READ_DONE) return;
  reading->byte_count = count * 8;
  reading->bytes = malloc(reading->byte_count + 1);
  if (reading->bytes == NULL) return refuse(reading, "there is no memory for its elements");
  if (chdf5_dataset_read(dataset, task->type, rank, starts, sizes, reading->bytes) < 0) {
    refuse_as_library(reading);
  }
}

static void perform(const struct task *task, chdf5_reading *reading) {
  int64_t file = chdf5_file_open(task->path);
  if (file < 0) return refuse_as_library(reading);
  const char *name = task->object;
  int64_t group = open_way(file, &name, task->type < 0, reading);
  if (group < 0) return;
  if (task->type < 0) return read_names(group, reading);
  if (*name == 0) return refuse(reading, "a dataset's name is missing");
  if (!leads_to(group, name, CHDF5_LINK_DATASET, 1, reading)) return;
  int64_t dataset = chdf5_dataset_open(group, name);
  if (dataset < 0) return refuse_as_library(reading);
  read_list(dataset, task, reading);
}

static void send_bytes(int descriptor, const void *bytes, uint64_t count) {
  const char *place = bytes;
  while (count > 0) {
    ssize_t sent = write(descriptor, place, count < 1 << 20 ? count : 1 << 20);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) _exit(1);
    place += sent;
    count -= (uint64_t)sent;
  }
}

static void answer(const struct task *task, int descriptor) {
  const int deadly[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTRAP};
  for (size_t k = 0; k < sizeof deadly / sizeof *deadly; k++) signal(deadly[k], SIG_DFL);
  struct rlimit none = {0, 0}, seconds = {MOST_SECONDS, MOST_SECONDS};
  setrlimit(RLIMIT_CORE, &none);
  setrlimit(RLIMIT_CPU, &seconds);
  chdf5_reading reading = {.outcome = CHDF5_READ_DONE};
  perform(task, &reading);
  if (reading.outcome != CHDF5_READ_DONE) reading.byte_count = 0;
  send_bytes(descriptor, &reading, sizeof reading);
  send_bytes(descriptor, reading.bytes, reading.byte_count);
  // No destructors, no flushing of buffers that are the parent's.
  _exit(0);
}

// MARK: In the parent

/// Receives exactly so many bytes; 0 on success.
static int receive(int descriptor, void *bytes, uint64_t count) {
  char *place = bytes;
  while (count > 0) {
    ssize_t got = read(descriptor, place, count < 1 << 20 ? count : 1 << 20);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return -1;
    place += got;
    count -= (uint64_t)got;
  }
  return 0;
}

static void fail(chdf5_reading *reading, const char *call) {
  reading->outcome = CHDF5_READ_FAILED;
  snprintf(reading->text, sizeof reading->text, "%s: %s", call, strerror(errno));
}

/// Receives a child's answer, as far as it comes.
static int receive_reading(int descriptor, chdf5_reading *reading) {
  if (receive(descriptor, reading, sizeof *reading) != 0) {
    reading->bytes = NULL;
    return -1;
  }
  // The child's address means nothing here.
  reading->bytes = NULL;
  reading->text[sizeof reading->text - 1] = 0;
  if (reading->byte_count == 0) return 0;
  reading->bytes = malloc(reading->byte_count);
  if (reading->bytes == NULL) {
    fail(reading, "malloc");
    return -2;
  }
  return receive(descriptor, reading->bytes, reading->byte_count);
}

static void read_apart(const struct task *task, chdf5_reading *reading) {
  memset(reading, 0, sizeof *reading);
  int ends[2];
  if (chdf5_open_library() != 0) return refuse_as_library(reading);
  if (pipe(ends) != 0) return fail(reading, "pipe");
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  // No other thread is within the library while the child is made: its state is whole there.
  chdf5_hold_library();
  pid_t child = fork();
  if (child != 0) chdf5_let_go_of_library();
  if (child < 0) {
    fail(reading, "fork");
    close(ends[0]);
    close(ends[1]);
    return;
  }
  if (child == 0) {
    close(ends[0]);
    answer(task, ends[1]);
  }
  close(ends[1]);
  int received = receive_reading(ends[0], reading);
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      status = -1;
      break;
    }
  }
  if (received == -2 || (received == 0 && status == 0)) return;
  chdf5_reading_free(reading);
  reading->outcome = CHDF5_READ_DIED;
  reading->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

void chdf5_read_list_apart(
    const char *path, const char *object, int32_t type, chdf5_reading *reading) {
  struct task task = {path, object, type, 1};
  read_apart(&task, reading);
}

void chdf5_read_table_apart(
    const char *path, const char *object, int32_t type, chdf5_reading *reading) {
  struct task task = {path, object, type, 2};
  read_apart(&task, reading);
}

void chdf5_read_names_apart(const char *path, const char *object, chdf5_reading *reading) {
  struct task task = {path, object, -1, 0};
  read_apart(&task, reading);
}

void chdf5_reading_free(chdf5_reading *reading) {
  free(reading->bytes);
  reading->bytes = NULL;
  reading->byte_count = 0;
}
