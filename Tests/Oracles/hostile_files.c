/* Makes the HDF5 files of the tests that lead out of themselves:
 *
 *   h5cc Tests/Oracles/hostile_files.c -o /tmp/hostile && (cd Tests/CommandTests/Fixtures && /tmp/hostile)
 *
 * Each holds a data set `push` as waveforms are, whose numbers lie elsewhere: behind a link to
 * another file (external-link.h5), in a file without a format (external-storage.h5), in a data set
 * of another file (virtual.h5), or behind a filter that only a plugin knows (plugin.h5). */
#include <hdf5.h>

static hid_t create(const char *name) {
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  return H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, access);
}

static void put(const char *name, hid_t creation) {
  hsize_t size = 8;
  hid_t file = create(name);
  hid_t space = H5Screate_simple(1, &size, NULL);
  H5Dclose(H5Dcreate2(file, "push", H5T_IEEE_F64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
  H5Fclose(file);
}

static size_t nothing(
    unsigned flags, size_t n, const unsigned values[], size_t bytes, size_t *size, void **buffer) {
  return bytes;
}

int main(void) {
  hid_t file = create("external-link.h5");
  H5Lcreate_external("secret.h5", "/push", file, "push", H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(file);

  hid_t outside = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_external(outside, "secret", 0, 64);
  put("external-storage.h5", outside);

  hsize_t size = 8;
  hid_t virtual = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &size, NULL);
  H5Pset_virtual(virtual, space, "secret.h5", "/push", space);
  put("virtual.h5", virtual);

  const H5Z_class2_t class = {H5Z_CLASS_T_VERS, 40001, 1, 1, "unknown", NULL, NULL, nothing};
  H5Zregister(&class);
  hid_t filtered = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(filtered, 1, &size);
  H5Pset_filter(filtered, 40001, H5Z_FLAG_MANDATORY, 0, NULL);
  hid_t plugin = create("plugin.h5");
  hid_t dataset =
      H5Dcreate2(plugin, "push", H5T_IEEE_F64LE, space, H5P_DEFAULT, filtered, H5P_DEFAULT);
  const double numbers[8] = {0};
  H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers);
  H5Dclose(dataset);
  H5Fclose(plugin);
  return 0;
}
