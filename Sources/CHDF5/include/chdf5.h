#ifndef COPPICE_CHDF5_H
#define COPPICE_CHDF5_H
#endif
