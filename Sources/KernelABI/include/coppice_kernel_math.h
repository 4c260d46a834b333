// placeholder replaced by the vector mathematics
#ifndef COPPICE_KERNEL_MATH_H
#define COPPICE_KERNEL_MATH_H
#endif
