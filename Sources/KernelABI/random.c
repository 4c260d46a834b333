#include "coppice_random.h"

#include "portable_tables.h"

double coppice_exp(double x) { return coppice_operations_best()->exp(x); }
double coppice_log(double x) { return coppice_operations_best()->log(x); }
double coppice_log1p(double x) { return coppice_operations_best()->log1p(x); }
double coppice_normal_quantile(double p) { return coppice_operations_best()->normal_quantile(p); }
