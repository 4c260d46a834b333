#include "cyaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct cyaml_parser {
  yaml_parser_t parser;
  yaml_event_t event;
  int holds_event;
  int ended;
};

static cyaml_mark mark_of(yaml_mark_t mark) {
  cyaml_mark result = {mark.index, mark.line, mark.column};
  return result;
}

int cyaml_parser_open(const uint8_t *bytes, size_t count, cyaml_parser **parser) {
  *parser = NULL;
  cyaml_parser *made = calloc(1, sizeof *made);
  if (made == NULL) return CYAML_OUT_OF_MEMORY;
  if (!yaml_parser_initialize(&made->parser)) {
    free(made);
    return CYAML_OUT_OF_MEMORY;
  }
  yaml_parser_set_encoding(&made->parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&made->parser, bytes, count);
  *parser = made;
  return CYAML_OK;
}

static int status_of(const yaml_parser_t *parser) {
  switch (parser->error) {
    case YAML_MEMORY_ERROR: return CYAML_OUT_OF_MEMORY;
    case YAML_READER_ERROR: return CYAML_CHARACTERS;
    default: return CYAML_SYNTAX;
  }
}

static int32_t style_of(yaml_scalar_style_t style) {
  switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: return CYAML_SINGLE_QUOTED;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return CYAML_DOUBLE_QUOTED;
    case YAML_LITERAL_SCALAR_STYLE: return CYAML_LITERAL;
    case YAML_FOLDED_SCALAR_STYLE: return CYAML_FOLDED;
    default: return CYAML_PLAIN;
  }
}

/* Copies what the event of libyaml says; the text stays where it is. */
static void describe(const yaml_event_t *from, cyaml_event *to) {
  switch (from->type) {
    case YAML_STREAM_START_EVENT: to->kind = CYAML_STREAM_START; break;
    case YAML_DOCUMENT_START_EVENT: to->kind = CYAML_DOCUMENT_START; break;
    case YAML_DOCUMENT_END_EVENT: to->kind = CYAML_DOCUMENT_END; break;
    case YAML_ALIAS_EVENT: to->kind = CYAML_ALIAS; break;
    case YAML_SCALAR_EVENT:
      to->kind = CYAML_SCALAR;
      to->style = style_of(from->data.scalar.style);
      to->has_anchor = from->data.scalar.anchor != NULL;
      to->has_tag = from->data.scalar.tag != NULL;
      to->text = (const char *)from->data.scalar.value;
      to->length = from->data.scalar.length;
      break;
    case YAML_SEQUENCE_START_EVENT:
      to->kind = CYAML_SEQUENCE_START;
      to->has_anchor = from->data.sequence_start.anchor != NULL;
      to->has_tag = from->data.sequence_start.tag != NULL;
      break;
    case YAML_SEQUENCE_END_EVENT: to->kind = CYAML_SEQUENCE_END; break;
    case YAML_MAPPING_START_EVENT:
      to->kind = CYAML_MAPPING_START;
      to->has_anchor = from->data.mapping_start.anchor != NULL;
      to->has_tag = from->data.mapping_start.tag != NULL;
      break;
    case YAML_MAPPING_END_EVENT: to->kind = CYAML_MAPPING_END; break;
    default: to->kind = CYAML_STREAM_END; break;
  }
}

int cyaml_parser_next(cyaml_parser *parser, cyaml_event *event) {
  memset(event, 0, sizeof *event);
  if (parser->holds_event) {
    yaml_event_delete(&parser->event);
    parser->holds_event = 0;
  }
  if (parser->ended) return CYAML_OK;
  if (!yaml_parser_parse(&parser->parser, &parser->event)) {
    parser->ended = 1;
    return status_of(&parser->parser);
  }
  parser->holds_event = 1;
  parser->ended = parser->event.type == YAML_STREAM_END_EVENT;
  describe(&parser->event, event);
  event->start = mark_of(parser->event.start_mark);
  event->end = mark_of(parser->event.end_mark);
  return CYAML_OK;
}

void cyaml_parser_fault(const cyaml_parser *parser, cyaml_fault *fault) {
  fault->reason = parser->parser.problem != NULL ? parser->parser.problem : "the text ends early";
  fault->context = parser->parser.context;
  fault->mark = mark_of(parser->parser.problem_mark);
  fault->context_mark = mark_of(parser->parser.context_mark);
  fault->byte_offset = parser->parser.problem_offset;
}

void cyaml_parser_close(cyaml_parser *parser) {
  if (parser == NULL) return;
  if (parser->holds_event) yaml_event_delete(&parser->event);
  yaml_parser_delete(&parser->parser);
  free(parser);
}
