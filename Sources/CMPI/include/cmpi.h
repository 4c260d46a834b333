#ifndef COPPICE_CMPI_H
#define COPPICE_CMPI_H
#endif
