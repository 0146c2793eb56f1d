package dev.membound.model.run;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The strict JSON mapper of all run files: unknown or repeated keys, missing properties, null
 * numbers, and values of another JSON type than the property's are errors.
 */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private static final int MAX_MESSAGE = 200;

  private Json() {}

  /** The shared mapper. */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /** What went wrong and where, in one line. */
  public static String oneLine(JacksonException e) {
    String where =
        e.getLocation() == null || e.getLocation().getLineNr() < 0
            ? ""
            : " (line "
                + e.getLocation().getLineNr()
                + ", column "
                + e.getLocation().getColumnNr()
                + ")";
    // A constructor that refused a value says it better than the mapper around it.
    Throwable speaker =
        e instanceof ValueInstantiationException && e.getCause() != null ? e.getCause() : e;
    String what = speaker == e ? e.getOriginalMessage() : speaker.getMessage();
    if (what == null) {
      what = "unreadable";
    }
    what = what.replaceFirst("; `\\w+\\.\\w+` (en|dis)abled$", "");
    // The message may quote the file: keep what it quotes from breaking or flooding the terminal.
    String line = what.replaceAll("\\p{Cntrl}+", " ").strip();
    return (line.length() > MAX_MESSAGE ? line.substring(0, MAX_MESSAGE) + " …" : line) + where;
  }
}
