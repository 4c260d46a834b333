// The border to HDF5: the only C of the project that includes hdf5.h.
//
// Identifiers are int64_t, negative on failure; statuses are int32_t, 0 on success and negative
// on failure. Nothing is printed: after a failure `chdf5_error_text` says what libhdf5 said.
//
// Calls of several threads take turns. The text of the last failure belongs to the thread that saw it.

#ifndef COPPICE_CHDF5_H
#define COPPICE_CHDF5_H

#include <stddef.h>
#include <stdint.h>

/// Types of numbers, in memory those of the machine, in files little endian.
#define CHDF5_UINT8 0
#define CHDF5_UINT32 1
#define CHDF5_UINT64 2
#define CHDF5_INT64 3
#define CHDF5_FLOAT32 4
#define CHDF5_FLOAT64 5

/// What a dataset's elements are.
#define CHDF5_CLASS_INTEGER 0
#define CHDF5_CLASS_FLOAT 1
#define CHDF5_CLASS_OTHER 2
/// Elements that point elsewhere in the file: strings and lists of variable length, references.
#define CHDF5_CLASS_INDIRECT 3

/// What a link leads to.
#define CHDF5_LINK_GROUP 0
#define CHDF5_LINK_DATASET 1
#define CHDF5_LINK_OTHER 2
/// A soft or an external link.
#define CHDF5_LINK_INDIRECT 3

#define CHDF5_MAXIMUM_RANK 8

/// Opens the library: no file locks (they fail on NFS and Lustre), no plugins, no messages on
/// stderr, no work at exit (it can crash after a full disk). May be called any number of times.
int32_t chdf5_open_library(void);

/// Keeps other threads out of the library, until `chdf5_let_go_of_library`: for who forks, since a
/// child finds the library as the parent's threads have left it.
void chdf5_hold_library(void);
void chdf5_let_go_of_library(void);

/// Copies what libhdf5 said at the last failure of this thread, with a final NUL. Returns its length.
size_t chdf5_error_text(char *buffer, size_t capacity);

/// Creates a file that must not exist yet, in the format of HDF5 1.8 (checksums over metadata, no
/// consistency flags). The same calls make the same bytes: no times are kept.
int64_t chdf5_file_create(const char *path);
/// Opens a file for reading.
int64_t chdf5_file_open(const char *path);
int32_t chdf5_file_close(int64_t file);

int64_t chdf5_group_create(int64_t location, const char *name);
int64_t chdf5_group_open(int64_t location, const char *name);
int32_t chdf5_group_close(int64_t group);

/// Number of links in a group, or negative.
int64_t chdf5_link_count(int64_t group);
/// Name of the link at a place in the order of names: its length, or negative.
int64_t chdf5_link_name(int64_t group, uint64_t place, char *buffer, size_t capacity);
/// One of CHDF5_LINK_*, or negative if there is no such link. Follows no soft or external link.
int32_t chdf5_link_kind(int64_t group, const char *name);
/// Gives an object of the group a second name.
int32_t chdf5_link_again(int64_t group, const char *existing, const char *name);

/// Creates a dataset of numbers. `chunk` NULL: in one piece. `extensible`: the first dimension may
/// grow (needs `chunk`).
int64_t chdf5_dataset_create(
    int64_t location, const char *name, int32_t type, int32_t rank, const uint64_t *dimensions,
    const uint64_t *chunk, int32_t extensible);
/// Opens a dataset; refuses those whose values lie in other files.
int64_t chdf5_dataset_open(int64_t location, const char *name);
int32_t chdf5_dataset_close(int64_t dataset);

/// Number of dimensions, at most CHDF5_MAXIMUM_RANK, or negative; fills `dimensions`.
int32_t chdf5_dataset_dimensions(int64_t dataset, uint64_t *dimensions);
/// One of CHDF5_CLASS_*, or negative; fills the size of one element in bytes.
int32_t chdf5_dataset_class(int64_t dataset, uint64_t *element_bytes);
/// 1 if a dataset's integers have a sign, 0 if not, or negative.
int32_t chdf5_dataset_signed(int64_t dataset);
/// Number of filters (compression, checksums), or negative.
int32_t chdf5_dataset_filters(int64_t dataset);
/// 1 if two datasets have the same type, 0 if not, or negative.
int32_t chdf5_dataset_same_type(int64_t dataset, int64_t other);
int32_t chdf5_dataset_extend(int64_t dataset, int32_t rank, const uint64_t *dimensions);

int32_t chdf5_dataset_write(
    int64_t dataset, int32_t type, int32_t rank, const uint64_t *offset, const uint64_t *count,
    const void *values);
/// Reads numbers, converted to `type`.
int32_t chdf5_dataset_read(
    int64_t dataset, int32_t type, int32_t rank, const uint64_t *offset, const uint64_t *count,
    void *values);
/// Reads elements as they stand in the file. Refuses CHDF5_CLASS_INDIRECT.
int32_t chdf5_dataset_read_raw(
    int64_t dataset, int32_t rank, const uint64_t *offset, const uint64_t *count, void *values);

/// Creates and writes a list of texts in UTF-8: `count` times `bytes` bytes, filled up with NULs.
int32_t chdf5_texts_write(
    int64_t location, const char *name, uint64_t count, uint64_t bytes, const void *texts);

/// A string of variable length, in UTF-8.
int32_t chdf5_attribute_write_text(int64_t object, const char *name, const char *text);
/// One number, or a list of them (`rank` 0 or 1).
int32_t chdf5_attribute_write_numbers(
    int64_t object, const char *name, int32_t type, int32_t rank, uint64_t count,
    const void *values);
/// An enumeration over uint8: `names[k]` stands for k.
int32_t chdf5_attribute_write_choice(
    int64_t object, const char *name, const char *const *names, int32_t names_count, uint8_t value);

/// Number of attributes of an object, or negative.
int64_t chdf5_attribute_count(int64_t object);
/// Name of the attribute at a place in the order of names: its length, or negative.
int64_t chdf5_attribute_name(int64_t object, uint64_t place, char *buffer, size_t capacity);
/// 1 if the object has such an attribute, 0 if not, or negative.
int32_t chdf5_attribute_exists(int64_t object, const char *name);
/// Size in bytes of an attribute's value (of a text: without its final NUL), or negative.
/// `is_text` is set for one string of fixed or variable length.
int64_t chdf5_attribute_size(int64_t object, const char *name, int32_t *is_text);
/// Copies an attribute's value as it stands in the file; at most `capacity` bytes.
int32_t chdf5_attribute_read(int64_t object, const char *name, void *buffer, size_t capacity);
/// 1 if attributes of the same name have the same type and shape, 0 if not, or negative.
int32_t chdf5_attribute_same_type(int64_t object, int64_t other, const char *name);

// Files from outside. libhdf5 is no safe parser: a damaged file makes it read beyond its buffers.
// So a forked child reads them, in C alone (a child of a process with threads can rely on no
// runtime's locks), and sends back plain bytes; if it dies, the file is to blame.

#define CHDF5_READ_DONE 0
/// The file is not as it should be; `text` says why.
#define CHDF5_READ_REFUSED 1
/// The child died of `signal`.
#define CHDF5_READ_DIED 2
/// The system gave no pipe, process or memory; `text` says why.
#define CHDF5_READ_FAILED 3

typedef struct chdf5_reading {
  /// One of CHDF5_READ_*.
  int32_t outcome;
  int32_t signal;
  /// Why it was refused; after a list was read, its attribute `units`, empty if there is none.
  char text[1024];
  /// What was read; `chdf5_reading_free` gives it back.
  void *bytes;
  uint64_t byte_count;
  /// Elements of a row, after a table was read; 0 after a list was.
  uint64_t columns;
} chdf5_reading;

/// Reads a list of numbers, converted to CHDF5_UINT64 (integers only) or CHDF5_FLOAT64. `object` is
/// the names on the way to it, each ended by a NUL, and an empty one at the end.
void chdf5_read_list_apart(
    const char *path, const char *object, int32_t type, chdf5_reading *reading);
/// As `chdf5_read_list_apart`, of one or two dimensions; the last one varies fastest.
void chdf5_read_table_apart(
    const char *path, const char *object, int32_t type, chdf5_reading *reading);
/// Reads the names in a group, each ended by a NUL.
void chdf5_read_names_apart(const char *path, const char *object, chdf5_reading *reading);
void chdf5_reading_free(chdf5_reading *reading);

#endif
