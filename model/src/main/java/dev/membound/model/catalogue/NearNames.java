package dev.membound.model.catalogue;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Suggests what a misspelt name may have meant. */
public final class NearNames {
  private static final int MOST_SUGGESTIONS = 3;

  private NearNames() {}

  /**
   * A sentence part such as {@code "; did you mean 'layers'?"}, or an empty string when nothing is
   * near. Near is an edit distance below half the longer name, or one name inside the other.
   */
  public static String suggestion(String name, Collection<String> known) {
    List<String> near =
        known.stream()
            .filter(candidate -> isNear(name, candidate))
            .sorted(
                Comparator.comparingInt((String candidate) -> distance(name, candidate))
                    .thenComparing(Comparator.naturalOrder()))
            .limit(MOST_SUGGESTIONS)
            .toList();
    return near.isEmpty() ? "" : "; did you mean '" + String.join("' or '", near) + "'?";
  }

  static boolean isNear(String name, String candidate) {
    String a = name.toLowerCase(Locale.ROOT);
    String b = candidate.toLowerCase(Locale.ROOT);
    boolean contains = Math.min(a.length(), b.length()) >= 3 && (a.contains(b) || b.contains(a));
    return contains || distance(a, b) * 20 <= Math.max(a.length(), b.length()) * 9;
  }

  /** Levenshtein distance, ignoring case. */
  static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[] previous = new int[b.length() + 1];
    int[] current = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replace, Math.min(previous[j], current[j - 1]) + 1);
      }
      int[] swap = previous;
      previous = current;
      current = swap;
    }
    return previous[b.length()];
  }
}
