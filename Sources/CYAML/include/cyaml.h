#ifndef COPPICE_CYAML_H
#define COPPICE_CYAML_H
#endif
