package dev.membound.model.published;

import dev.membound.model.catalogue.CatalogueException;
import java.util.ArrayList;
import java.util.List;

/**
 * One record of a CSV file.
 *
 * @param line where it begins, from 1
 */
public record CsvRecord(int line, List<String> fields) {

  /** All records; lines that are blank or begin with # are passed over. */
  public static List<CsvRecord> parse(String file, String text) {
    List<CsvRecord> records = new ArrayList<>();
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    boolean wasQuoted = false;
    int line = 1;
    int begin = 1;
    String input = text.startsWith("\uFEFF") ? text.substring(1) : text;
    input = input.replace("\r\n", "\n");
    for (int i = 0; i <= input.length(); i++) {
      char c = i < input.length() ? input.charAt(i) : '\n';
      if (quoted) {
        if (i == input.length()) {
          throw new CatalogueException(file + ":" + begin + ": a quote is never closed");
        }
        if (c == '"' && i + 1 < input.length() && input.charAt(i + 1) == '"') {
          field.append('"');
          i++;
        } else if (c == '"') {
          quoted = false;
        } else {
          field.append(c);
          line += c == '\n' ? 1 : 0;
        }
        continue;
      }
      switch (c) {
        case '"' -> {
          if (!field.isEmpty() || wasQuoted) {
            throw new CatalogueException(
                file + ":" + line + ": a quote in the middle of a cell; quote the whole cell");
          }
          quoted = true;
          wasQuoted = true;
        }
        case ',', '\n' -> {
          fields.add(wasQuoted ? field.toString() : field.toString().strip());
          field.setLength(0);
          wasQuoted = false;
          if (c == '\n') {
            boolean empty = fields.size() == 1 && fields.getFirst().isEmpty();
            if (!empty && !fields.getFirst().startsWith("#")) {
              records.add(new CsvRecord(begin, List.copyOf(fields)));
            }
            fields.clear();
            line++;
            begin = line;
          }
        }
        default -> field.append(c);
      }
    }
    return records;
  }
}
