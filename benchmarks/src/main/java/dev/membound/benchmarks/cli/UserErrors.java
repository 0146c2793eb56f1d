package dev.membound.benchmarks.cli;

import dev.membound.model.catalogue.CatalogueException;
import dev.membound.model.run.RunFolderException;
import java.io.PrintWriter;

/**
 * Tells bad input, which is one line for the user, from a bug of ours, which keeps its stack trace.
 */
final class UserErrors {
  private UserErrors() {}

  static int report(Exception exception, PrintWriter err) {
    if (isUserError(exception)) {
      err.println("membound: " + exception.getMessage());
      return MemboundCommand.BAD_INPUT;
    }
    err.println("membound: internal error, please report it with this trace:");
    exception.printStackTrace(err);
    return MemboundCommand.INTERNAL_ERROR;
  }

  private static boolean isUserError(Exception exception) {
    return exception instanceof RunFolderException
        || exception instanceof CatalogueException
        || exception instanceof UserInputException;
  }
}
