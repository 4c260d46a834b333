#include "chdf5.h"

#include <hdf5.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERROR_TEXT_BYTES 1024

// libhdf5 is one machine with one state, whether it was built for threads or not.
static pthread_mutex_t library = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local int depth;

static int hold(void) {
  if (depth++ == 0) pthread_mutex_lock(&library);
  return 0;
}

static void let_go(int *held) {
  (void)held;
  if (--depth == 0) pthread_mutex_unlock(&library);
}

/// Keeps other threads out of the library until the end of the block.
#define HOLD_LIBRARY __attribute__((cleanup(let_go))) int held = hold(); (void)held

void chdf5_hold_library(void) { hold(); }

void chdf5_let_go_of_library(void) { let_go(NULL); }

static _Thread_local char error_text[ERROR_TEXT_BYTES];

/// The outermost and the innermost entry of libhdf5's error stack, and what the system said.
struct error_ends {
  char outer[256];
  char inner[600];
  char system[128];
};

static herr_t keep_ends(unsigned depth, const H5E_error2_t *entry, void *context) {
  struct error_ends *ends = context;
  const char *text = entry->desc ? entry->desc : "";
  // The system's reason stands in the middle of a long line of addresses and sizes.
  static const char mark[] = "error message = '";
  const char *reason = strstr(text, mark);
  if (reason != NULL) {
    reason += sizeof mark - 1;
    snprintf(ends->system, sizeof ends->system, "%.*s", (int)strcspn(reason, "'"), reason);
  }
  if (depth == 0) {
    snprintf(ends->outer, sizeof ends->outer, "%s", text);
  } else {
    snprintf(ends->inner, sizeof ends->inner, "%s", text);
  }
  return 0;
}

/// Keeps the error stack as text before later calls clear it.
static void keep_error(void) {
  struct error_ends ends = {"", "", ""};
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_ends, &ends);
  if (ends.system[0] != 0) {
    snprintf(error_text, sizeof error_text, "%s: %s", ends.outer, ends.system);
  } else if (ends.inner[0] != 0) {
    snprintf(error_text, sizeof error_text, "%s: %s", ends.outer, ends.inner);
  } else {
    snprintf(error_text, sizeof error_text, "%s", ends.outer[0] ? ends.outer : "no reason given");
  }
  H5Eclear2(H5E_DEFAULT);
}

static void keep_reason(const char *reason) {
  snprintf(error_text, sizeof error_text, "%s", reason);
}

static int32_t failed(void) {
  keep_error();
  return -1;
}

static int32_t refused(const char *reason) {
  keep_reason(reason);
  return -1;
}

static int32_t checked(herr_t status) { return status < 0 ? failed() : 0; }

static int64_t checked_id(hid_t id) {
  if (id < 0) keep_error();
  return id;
}

size_t chdf5_error_text(char *buffer, size_t capacity) {
  if (capacity == 0) return 0;
  int length = snprintf(buffer, capacity, "%s", error_text);
  if (length < 0) return 0;
  return (size_t)length < capacity ? (size_t)length : capacity - 1;
}

int32_t chdf5_open_library(void) {
  HOLD_LIBRARY;
  static int is_open = 0;
  // Printing is a property of the thread, where libhdf5 knows threads.
  if (is_open) return checked(H5Eset_auto2(H5E_DEFAULT, NULL, NULL));
  if (setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1) != 0) {
    return refused("the environment cannot be changed");
  }
  if (H5dont_atexit() < 0 || H5open() < 0) return failed();
  if (H5Eset_auto2(H5E_DEFAULT, NULL, NULL) < 0) return failed();
  if (H5PLset_loading_state(0) < 0) return failed();
  is_open = 1;
  return 0;
}

static hid_t memory_type(int32_t type) {
  switch (type) {
    case CHDF5_UINT8: return H5T_NATIVE_UINT8;
    case CHDF5_UINT32: return H5T_NATIVE_UINT32;
    case CHDF5_UINT64: return H5T_NATIVE_UINT64;
    case CHDF5_INT64: return H5T_NATIVE_INT64;
    case CHDF5_FLOAT32: return H5T_NATIVE_FLOAT;
    case CHDF5_FLOAT64: return H5T_NATIVE_DOUBLE;
    default: return H5I_INVALID_HID;
  }
}

static hid_t file_type(int32_t type) {
  switch (type) {
    case CHDF5_UINT8: return H5T_STD_U8LE;
    case CHDF5_UINT32: return H5T_STD_U32LE;
    case CHDF5_UINT64: return H5T_STD_U64LE;
    case CHDF5_INT64: return H5T_STD_I64LE;
    case CHDF5_FLOAT32: return H5T_IEEE_F32LE;
    case CHDF5_FLOAT64: return H5T_IEEE_F64LE;
    default: return H5I_INVALID_HID;
  }
}

static hid_t access_list(void) {
  hid_t list = H5Pcreate(H5P_FILE_ACCESS);
  if (list < 0) return list;
  // A file is closed when its owner says so, whatever objects are open: the fsync that follows
  // must find everything written.
  if (H5Pset_libver_bounds(list, H5F_LIBVER_V18, H5F_LIBVER_V18) < 0 ||
      H5Pset_fclose_degree(list, H5F_CLOSE_STRONG) < 0) {
    keep_error();
    H5Pclose(list);
    return H5I_INVALID_HID;
  }
  return list;
}

int64_t chdf5_file_create(const char *path) {
  HOLD_LIBRARY;
  hid_t access = access_list();
  if (access < 0) return -1;
  hid_t creation = H5Pcreate(H5P_FILE_CREATE);
  hid_t file = H5I_INVALID_HID;
  if (creation >= 0 && H5Pset_obj_track_times(creation, 0) >= 0) {
    file = H5Fcreate(path, H5F_ACC_EXCL, creation, access);
  }
  if (file < 0) keep_error();
  if (creation >= 0) H5Pclose(creation);
  H5Pclose(access);
  return file;
}

int64_t chdf5_file_open(const char *path) {
  HOLD_LIBRARY;
  // The bounds are those of newer files too: they only concern what is written.
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  if (access < 0) return checked_id(access);
  hid_t file = H5I_INVALID_HID;
  if (H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0) {
    file = H5Fopen(path, H5F_ACC_RDONLY, access);
  }
  if (file < 0) keep_error();
  H5Pclose(access);
  return file;
}

int32_t chdf5_file_close(int64_t file) {
  HOLD_LIBRARY;
  return checked(H5Fclose(file));
}

int64_t chdf5_group_create(int64_t location, const char *name) {
  HOLD_LIBRARY;
  hid_t creation = H5Pcreate(H5P_GROUP_CREATE);
  if (creation < 0) return checked_id(creation);
  hid_t group = H5I_INVALID_HID;
  if (H5Pset_obj_track_times(creation, 0) >= 0) {
    group = H5Gcreate2(location, name, H5P_DEFAULT, creation, H5P_DEFAULT);
  }
  if (group < 0) keep_error();
  H5Pclose(creation);
  return group;
}

int64_t chdf5_group_open(int64_t location, const char *name) {
  HOLD_LIBRARY;
  return checked_id(H5Gopen2(location, name, H5P_DEFAULT));
}

int32_t chdf5_group_close(int64_t group) {
  HOLD_LIBRARY;
  return checked(H5Gclose(group));
}

int64_t chdf5_link_count(int64_t group) {
  HOLD_LIBRARY;
  H5G_info_t info;
  if (H5Gget_info(group, &info) < 0) return failed();
  if (info.nlinks > (hsize_t)INT64_MAX) return refused("too many links");
  return (int64_t)info.nlinks;
}

int64_t chdf5_link_name(int64_t group, uint64_t place, char *buffer, size_t capacity) {
  HOLD_LIBRARY;
  ssize_t length = H5Lget_name_by_idx(
      group, ".", H5_INDEX_NAME, H5_ITER_INC, place, buffer, capacity, H5P_DEFAULT);
  return length < 0 ? failed() : (int64_t)length;
}

int32_t chdf5_link_kind(int64_t group, const char *name) {
  HOLD_LIBRARY;
  H5L_info_t link;
  if (H5Lget_info(group, name, &link, H5P_DEFAULT) < 0) return failed();
  if (link.type != H5L_TYPE_HARD) return CHDF5_LINK_INDIRECT;
  H5O_info_t object;
  if (H5Oget_info_by_name2(group, name, &object, H5O_INFO_BASIC, H5P_DEFAULT) < 0) return failed();
  switch (object.type) {
    case H5O_TYPE_GROUP: return CHDF5_LINK_GROUP;
    case H5O_TYPE_DATASET: return CHDF5_LINK_DATASET;
    default: return CHDF5_LINK_OTHER;
  }
}

int32_t chdf5_link_again(int64_t group, const char *existing, const char *name) {
  HOLD_LIBRARY;
  return checked(H5Lcreate_hard(group, existing, group, name, H5P_DEFAULT, H5P_DEFAULT));
}

static hid_t space_of(int32_t rank, const uint64_t *dimensions, int32_t extensible) {
  hsize_t now[CHDF5_MAXIMUM_RANK];
  hsize_t most[CHDF5_MAXIMUM_RANK];
  for (int32_t k = 0; k < rank; k++) {
    now[k] = dimensions[k];
    most[k] = dimensions[k];
  }
  if (extensible) most[0] = H5S_UNLIMITED;
  return H5Screate_simple(rank, now, most);
}

static hid_t dataset_list(int32_t rank, const uint64_t *chunk) {
  hid_t list = H5Pcreate(H5P_DATASET_CREATE);
  if (list < 0) return list;
  herr_t status = H5Pset_obj_track_times(list, 0);
  if (status >= 0 && chunk != NULL) {
    hsize_t sizes[CHDF5_MAXIMUM_RANK];
    for (int32_t k = 0; k < rank; k++) sizes[k] = chunk[k];
    status = H5Pset_chunk(list, rank, sizes);
    // What a chunk holds beyond the data is zero, not what memory happened to hold.
    uint8_t zero = 0;
    if (status >= 0) status = H5Pset_fill_value(list, H5T_NATIVE_UINT8, &zero);
  }
  if (status >= 0) return list;
  keep_error();
  H5Pclose(list);
  return H5I_INVALID_HID;
}

int64_t chdf5_dataset_create(
    int64_t location, const char *name, int32_t type, int32_t rank, const uint64_t *dimensions,
    const uint64_t *chunk, int32_t extensible) {
  HOLD_LIBRARY;
  hid_t element = file_type(type);
  if (element < 0) return refused("no such type of numbers");
  if (rank < 1 || rank > CHDF5_MAXIMUM_RANK) return refused("too many dimensions");
  hid_t space = space_of(rank, dimensions, extensible);
  if (space < 0) return checked_id(space);
  hid_t list = dataset_list(rank, chunk);
  hid_t dataset = H5I_INVALID_HID;
  if (list >= 0) {
    dataset = H5Dcreate2(location, name, element, space, H5P_DEFAULT, list, H5P_DEFAULT);
    if (dataset < 0) keep_error();
    H5Pclose(list);
  }
  H5Sclose(space);
  return dataset;
}

/// Refuses datasets whose values lie in other files.
static int32_t lies_in_file(hid_t dataset) {
  hid_t list = H5Dget_create_plist(dataset);
  if (list < 0) return failed();
  H5D_layout_t layout = H5Pget_layout(list);
  int external = H5Pget_external_count(list);
  int32_t status = 0;
  if (layout < 0 || external < 0) {
    status = failed();
  } else if (layout == H5D_VIRTUAL || external > 0) {
    status = refused("the dataset's values lie in other files; copy them into this one");
  }
  H5Pclose(list);
  return status;
}

int64_t chdf5_dataset_open(int64_t location, const char *name) {
  HOLD_LIBRARY;
  hid_t dataset = H5Dopen2(location, name, H5P_DEFAULT);
  if (dataset < 0) return checked_id(dataset);
  if (lies_in_file(dataset) == 0) return dataset;
  H5Dclose(dataset);
  return -1;
}

int32_t chdf5_dataset_close(int64_t dataset) {
  HOLD_LIBRARY;
  return checked(H5Dclose(dataset));
}

int32_t chdf5_dataset_dimensions(int64_t dataset, uint64_t *dimensions) {
  HOLD_LIBRARY;
  hid_t space = H5Dget_space(dataset);
  if (space < 0) return failed();
  hsize_t sizes[H5S_MAX_RANK];
  int32_t rank = -1;
  if (H5Sget_simple_extent_type(space) == H5S_NULL) {
    rank = refused("the dataset is empty and has no shape");
  } else {
    rank = H5Sget_simple_extent_dims(space, sizes, NULL);
    if (rank < 0) {
      keep_error();
    } else if (rank > CHDF5_MAXIMUM_RANK) {
      rank = refused("the dataset has more than 8 dimensions");
    }
  }
  for (int32_t k = 0; k < rank; k++) dimensions[k] = sizes[k];
  H5Sclose(space);
  return rank;
}

/// Whether values of a type can be read as bytes that mean something by themselves.
static int32_t class_of(hid_t type) {
  H5T_class_t class = H5Tget_class(type);
  if (class == H5T_NO_CLASS) return failed();
  if (class == H5T_INTEGER) return CHDF5_CLASS_INTEGER;
  if (class == H5T_FLOAT) return CHDF5_CLASS_FLOAT;
  htri_t lists = H5Tdetect_class(type, H5T_VLEN);
  htri_t strings = H5Tdetect_class(type, H5T_STRING);
  htri_t references = H5Tdetect_class(type, H5T_REFERENCE);
  if (lists < 0 || strings < 0 || references < 0) return failed();
  if (lists > 0 || references > 0) return CHDF5_CLASS_INDIRECT;
  if (strings > 0 && (class != H5T_STRING || H5Tis_variable_str(type) != 0)) {
    return CHDF5_CLASS_INDIRECT;
  }
  return CHDF5_CLASS_OTHER;
}

int32_t chdf5_dataset_class(int64_t dataset, uint64_t *element_bytes) {
  HOLD_LIBRARY;
  hid_t type = H5Dget_type(dataset);
  if (type < 0) return failed();
  int32_t class = class_of(type);
  *element_bytes = H5Tget_size(type);
  if (class >= 0 && *element_bytes == 0) class = failed();
  H5Tclose(type);
  return class;
}

int32_t chdf5_dataset_filters(int64_t dataset) {
  HOLD_LIBRARY;
  hid_t list = H5Dget_create_plist(dataset);
  if (list < 0) return failed();
  int count = H5Pget_nfilters(list);
  if (count < 0) keep_error();
  H5Pclose(list);
  return count;
}

int32_t chdf5_dataset_signed(int64_t dataset) {
  HOLD_LIBRARY;
  hid_t type = H5Dget_type(dataset);
  if (type < 0) return failed();
  H5T_sign_t sign = H5Tget_sign(type);
  if (sign < 0) keep_error();
  H5Tclose(type);
  if (sign < 0) return -1;
  return sign == H5T_SGN_2;
}

int32_t chdf5_dataset_same_type(int64_t dataset, int64_t other) {
  HOLD_LIBRARY;
  hid_t first = H5Dget_type(dataset);
  hid_t second = first < 0 ? H5I_INVALID_HID : H5Dget_type(other);
  htri_t same = -1;
  if (second >= 0) same = H5Tequal(first, second);
  if (same < 0) keep_error();
  if (second >= 0) H5Tclose(second);
  if (first >= 0) H5Tclose(first);
  return same;
}

int32_t chdf5_dataset_extend(int64_t dataset, int32_t rank, const uint64_t *dimensions) {
  HOLD_LIBRARY;
  if (rank < 1 || rank > CHDF5_MAXIMUM_RANK) return refused("too many dimensions");
  hsize_t sizes[CHDF5_MAXIMUM_RANK];
  for (int32_t k = 0; k < rank; k++) sizes[k] = dimensions[k];
  return checked(H5Dset_extent(dataset, sizes));
}

/// A part of a dataset: the spaces of file and memory. Returns 0 and both, or negative and none.
static int32_t select_part(
    hid_t dataset, int32_t rank, const uint64_t *offset, const uint64_t *count, hid_t *file_space,
    hid_t *memory_space) {
  if (rank < 1 || rank > CHDF5_MAXIMUM_RANK) return refused("too many dimensions");
  *file_space = H5Dget_space(dataset);
  if (*file_space < 0) return failed();
  hsize_t starts[CHDF5_MAXIMUM_RANK];
  hsize_t counts[CHDF5_MAXIMUM_RANK];
  int is_empty = 0;
  for (int32_t k = 0; k < rank; k++) {
    starts[k] = offset[k];
    counts[k] = count[k];
    if (count[k] == 0) is_empty = 1;
  }
  *memory_space = H5I_INVALID_HID;
  int32_t status = 0;
  if (H5Sget_simple_extent_ndims(*file_space) != rank) {
    status = refused("the dataset has another number of dimensions");
  } else if (!is_empty && H5Sselect_hyperslab(
                              *file_space, H5S_SELECT_SET, starts, NULL, counts, NULL) < 0) {
    status = failed();
  } else if (is_empty && H5Sselect_none(*file_space) < 0) {
    status = failed();
  } else {
    *memory_space = H5Screate_simple(rank, counts, NULL);
    if (*memory_space < 0 || (is_empty && H5Sselect_none(*memory_space) < 0)) status = failed();
  }
  if (status == 0) return 0;
  if (*memory_space >= 0) H5Sclose(*memory_space);
  H5Sclose(*file_space);
  return status;
}

int32_t chdf5_dataset_write(
    int64_t dataset, int32_t type, int32_t rank, const uint64_t *offset, const uint64_t *count,
    const void *values) {
  HOLD_LIBRARY;
  hid_t element = memory_type(type);
  if (element < 0) return refused("no such type of numbers");
  hid_t file_space, memory_space;
  if (select_part(dataset, rank, offset, count, &file_space, &memory_space) < 0) return -1;
  int32_t status =
      checked(H5Dwrite(dataset, element, memory_space, file_space, H5P_DEFAULT, values));
  H5Sclose(memory_space);
  H5Sclose(file_space);
  return status;
}

static int32_t read_part(
    int64_t dataset, hid_t element, int32_t rank, const uint64_t *offset, const uint64_t *count,
    void *values) {
  hid_t file_space, memory_space;
  if (select_part(dataset, rank, offset, count, &file_space, &memory_space) < 0) return -1;
  int32_t status =
      checked(H5Dread(dataset, element, memory_space, file_space, H5P_DEFAULT, values));
  H5Sclose(memory_space);
  H5Sclose(file_space);
  return status;
}

int32_t chdf5_dataset_read(
    int64_t dataset, int32_t type, int32_t rank, const uint64_t *offset, const uint64_t *count,
    void *values) {
  HOLD_LIBRARY;
  hid_t element = memory_type(type);
  if (element < 0) return refused("no such type of numbers");
  return read_part(dataset, element, rank, offset, count, values);
}

int32_t chdf5_dataset_read_raw(
    int64_t dataset, int32_t rank, const uint64_t *offset, const uint64_t *count, void *values) {
  HOLD_LIBRARY;
  hid_t type = H5Dget_type(dataset);
  if (type < 0) return failed();
  int32_t class = class_of(type);
  int32_t status = class;
  if (class == CHDF5_CLASS_INDIRECT) {
    status = refused("elements of variable length cannot be read as bytes");
  } else if (class >= 0) {
    status = read_part(dataset, type, rank, offset, count, values);
  }
  H5Tclose(type);
  return status;
}

/// Creates an attribute and writes its value; closes nothing of what it is given.
static int32_t write_attribute(
    int64_t object, const char *name, hid_t type_in_file, hid_t type_in_memory, hid_t space,
    const void *value) {
  hid_t attribute =
      H5Acreate2(object, name, type_in_file, space, H5P_DEFAULT, H5P_DEFAULT);
  if (attribute < 0) return failed();
  int32_t status = checked(H5Awrite(attribute, type_in_memory, value));
  int32_t closing = checked(H5Aclose(attribute));
  return status < 0 ? status : closing;
}

/// Creates the dataset of a list of texts and writes it.
static int32_t write_texts(
    int64_t location, const char *name, hid_t type, hsize_t count, const void *texts) {
  hid_t space = H5Screate_simple(1, &count, NULL);
  if (space < 0) return failed();
  hid_t list = dataset_list(1, NULL);
  hid_t dataset = H5I_INVALID_HID;
  if (list >= 0) {
    dataset = H5Dcreate2(location, name, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    if (dataset < 0) keep_error();
    H5Pclose(list);
  }
  H5Sclose(space);
  if (dataset < 0) return -1;
  int32_t status = checked(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts));
  H5Dclose(dataset);
  return status;
}

int32_t chdf5_texts_write(
    int64_t location, const char *name, uint64_t count, uint64_t bytes, const void *texts) {
  HOLD_LIBRARY;
  hid_t type = H5Tcopy(H5T_C_S1);
  if (type < 0) return failed();
  int32_t status = -1;
  if (H5Tset_size(type, bytes) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0 ||
      H5Tset_strpad(type, H5T_STR_NULLPAD) < 0) {
    keep_error();
  } else {
    status = write_texts(location, name, type, count, texts);
  }
  H5Tclose(type);
  return status;
}

int32_t chdf5_attribute_write_text(int64_t object, const char *name, const char *text) {
  HOLD_LIBRARY;
  hid_t type = H5Tcopy(H5T_C_S1);
  if (type < 0) return failed();
  hid_t space = H5Screate(H5S_SCALAR);
  int32_t status = -1;
  if (space < 0 || H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0) {
    keep_error();
  } else {
    status = write_attribute(object, name, type, type, space, &text);
  }
  if (space >= 0) H5Sclose(space);
  H5Tclose(type);
  return status;
}

int32_t chdf5_attribute_write_numbers(
    int64_t object, const char *name, int32_t type, int32_t rank, uint64_t count,
    const void *values) {
  HOLD_LIBRARY;
  hid_t in_file = file_type(type);
  if (in_file < 0) return refused("no such type of numbers");
  hsize_t length = count;
  hid_t space = rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &length, NULL);
  if (space < 0) return failed();
  int32_t status = write_attribute(object, name, in_file, memory_type(type), space, values);
  H5Sclose(space);
  return status;
}

int32_t chdf5_attribute_write_choice(
    int64_t object, const char *name, const char *const *names, int32_t names_count,
    uint8_t value) {
  HOLD_LIBRARY;
  hid_t type = H5Tenum_create(H5T_STD_U8LE);
  if (type < 0) return failed();
  int32_t status = 0;
  for (int32_t k = 0; k < names_count && status == 0; k++) {
    uint8_t number = (uint8_t)k;
    status = checked(H5Tenum_insert(type, names[k], &number));
  }
  hid_t space = status == 0 ? H5Screate(H5S_SCALAR) : H5I_INVALID_HID;
  if (space >= 0) {
    status = write_attribute(object, name, type, type, space, &value);
    H5Sclose(space);
  } else if (status == 0) {
    status = failed();
  }
  H5Tclose(type);
  return status;
}

int64_t chdf5_attribute_count(int64_t object) {
  HOLD_LIBRARY;
  H5O_info_t info;
  if (H5Oget_info2(object, &info, H5O_INFO_NUM_ATTRS) < 0) return failed();
  if (info.num_attrs > (hsize_t)INT64_MAX) return refused("too many attributes");
  return (int64_t)info.num_attrs;
}

int64_t chdf5_attribute_name(int64_t object, uint64_t place, char *buffer, size_t capacity) {
  HOLD_LIBRARY;
  ssize_t length = H5Aget_name_by_idx(
      object, ".", H5_INDEX_NAME, H5_ITER_INC, place, buffer, capacity, H5P_DEFAULT);
  return length < 0 ? failed() : (int64_t)length;
}

int32_t chdf5_attribute_exists(int64_t object, const char *name) {
  HOLD_LIBRARY;
  htri_t exists = H5Aexists(object, name);
  return exists < 0 ? failed() : exists;
}

/// The one string of variable length that an attribute holds, NULL if it holds none. The caller
/// frees it with `H5free_memory`.
static int32_t read_text(hid_t attribute, hid_t type, char **text) {
  *text = NULL;
  hid_t space = H5Aget_space(attribute);
  if (space < 0) return failed();
  hssize_t points = H5Sget_simple_extent_npoints(space);
  H5Sclose(space);
  if (points < 0) return failed();
  if (points != 1) return refused("an attribute holds several strings of variable length");
  return checked(H5Aread(attribute, type, text));
}

/// Size of an attribute's value, and the value itself if `buffer` is not NULL.
static int64_t attribute_value(
    int64_t object, const char *name, void *buffer, size_t capacity, int32_t *is_text) {
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  if (attribute < 0) return failed();
  hid_t type = H5Aget_type(attribute);
  int64_t size = -1;
  *is_text = 0;
  if (type < 0) {
    keep_error();
  } else if (H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0) {
    char *text = NULL;
    *is_text = 1;
    if (read_text(attribute, type, &text) == 0) {
      size = text == NULL ? 0 : (int64_t)strlen(text);
      if (buffer != NULL && text != NULL) {
        memcpy(buffer, text, (size_t)size < capacity ? (size_t)size : capacity);
      }
    }
    if (text != NULL) H5free_memory(text);
  } else {
    *is_text = H5Tget_class(type) == H5T_STRING;
    int32_t class = class_of(type);
    hsize_t bytes = H5Aget_storage_size(attribute);
    if (class == CHDF5_CLASS_INDIRECT || class < 0) {
      keep_reason("an attribute's value is of variable length");
    } else if (bytes > (hsize_t)1 << 24) {
      keep_reason("an attribute is larger than 16 MiB");
    } else if (buffer == NULL) {
      size = (int64_t)bytes;
    } else if (bytes > capacity) {
      keep_reason("an attribute grew while it was read");
    } else {
      size = H5Aread(attribute, type, buffer) < 0 ? failed() : (int64_t)bytes;
    }
  }
  if (type >= 0) H5Tclose(type);
  H5Aclose(attribute);
  return size;
}

int64_t chdf5_attribute_size(int64_t object, const char *name, int32_t *is_text) {
  HOLD_LIBRARY;
  return attribute_value(object, name, NULL, 0, is_text);
}

int32_t chdf5_attribute_read(int64_t object, const char *name, void *buffer, size_t capacity) {
  HOLD_LIBRARY;
  int32_t is_text;
  return attribute_value(object, name, buffer, capacity, &is_text) < 0 ? -1 : 0;
}

int32_t chdf5_attribute_same_type(int64_t object, int64_t other, const char *name) {
  HOLD_LIBRARY;
  hid_t first = H5Aopen(object, name, H5P_DEFAULT);
  if (first < 0) return failed();
  hid_t second = H5Aopen(other, name, H5P_DEFAULT);
  int32_t same = -1;
  if (second < 0) {
    keep_error();
  } else {
    hid_t first_type = H5Aget_type(first), second_type = H5Aget_type(second);
    hid_t first_space = H5Aget_space(first), second_space = H5Aget_space(second);
    htri_t types = H5Tequal(first_type, second_type);
    htri_t shapes = H5Sextent_equal(first_space, second_space);
    same = types < 0 || shapes < 0 ? failed() : types > 0 && shapes > 0;
    if (first_type >= 0) H5Tclose(first_type);
    if (second_type >= 0) H5Tclose(second_type);
    if (first_space >= 0) H5Sclose(first_space);
    if (second_space >= 0) H5Sclose(second_space);
    H5Aclose(second);
  }
  H5Aclose(first);
  return same;
}
