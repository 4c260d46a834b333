#ifndef COPPICE_CXXHash_H
#define COPPICE_CXXHash_H
#endif
