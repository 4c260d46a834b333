/* The border to libyaml: the events of its parser, with positions.
 *
 * Only cyaml.c includes yaml.h. Handles are opaque, every call that can fail returns a status,
 * and no text outlives the call that is said to end it. */
#ifndef COPPICE_CYAML_H
#define COPPICE_CYAML_H

#include <stddef.h>
#include <stdint.h>

/* What a call reports. */
enum {
  CYAML_OK = 0,
  /* The text is not YAML; cyaml_parser_fault says why and where. */
  CYAML_SYNTAX = 1,
  /* The bytes are not text that YAML allows; the fault holds a byte offset instead of a mark. */
  CYAML_CHARACTERS = 2,
  CYAML_OUT_OF_MEMORY = 3,
};

/* What an event is. */
enum {
  CYAML_STREAM_END = 0,
  CYAML_STREAM_START = 1,
  CYAML_DOCUMENT_START = 2,
  CYAML_DOCUMENT_END = 3,
  CYAML_ALIAS = 4,
  CYAML_SCALAR = 5,
  CYAML_SEQUENCE_START = 6,
  CYAML_SEQUENCE_END = 7,
  CYAML_MAPPING_START = 8,
  CYAML_MAPPING_END = 9,
};

/* How a scalar was written. */
enum {
  CYAML_PLAIN = 0,
  CYAML_SINGLE_QUOTED = 1,
  CYAML_DOUBLE_QUOTED = 2,
  CYAML_LITERAL = 3,
  CYAML_FOLDED = 4,
};

/* A place in the text, counted from 0: `index` and `column` in characters. Line breaks are
 * YAML 1.1's: LF, CR, CRLF, NEL, LS and PS. */
typedef struct {
  uint64_t index;
  uint64_t line;
  uint64_t column;
} cyaml_mark;

/* One event. `text` is that of a scalar, `length` bytes long and not terminated; it lives until
 * the next call on the same parser. */
typedef struct {
  int32_t kind;
  int32_t style;
  int32_t has_anchor;
  int32_t has_tag;
  cyaml_mark start;
  cyaml_mark end;
  const char *text;
  size_t length;
} cyaml_event;

/* Why the parser stopped. `reason` and `context` (which may be null) live as long as the
 * parser. */
typedef struct {
  const char *reason;
  const char *context;
  cyaml_mark mark;
  cyaml_mark context_mark;
  /* For CYAML_CHARACTERS: the offending byte. */
  uint64_t byte_offset;
} cyaml_fault;

typedef struct cyaml_parser cyaml_parser;

/* Makes a parser of UTF-8 text without a byte order mark. The bytes must stay in place until
 * the parser is closed. */
int cyaml_parser_open(const uint8_t *bytes, size_t count, cyaml_parser **parser);

/* Gives the next event. After CYAML_STREAM_END or a failure the parser gives nothing more. */
int cyaml_parser_next(cyaml_parser *parser, cyaml_event *event);

/* Says why the last call failed. */
void cyaml_parser_fault(const cyaml_parser *parser, cyaml_fault *fault);

/* Frees the parser; null is allowed. */
void cyaml_parser_close(cyaml_parser *parser);

#endif
