package dev.membound.benchmarks.cli;

import dev.membound.model.study.Claim;
import dev.membound.model.study.Studies;
import dev.membound.model.study.Study;
import dev.membound.model.study.StudyFigure;
import dev.membound.model.study.StudyResult;
import dev.membound.model.table.DataTable;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Computes published claims anew. */
@Command(
    name = "study",
    description = "Computes published claims about hardware for LLM inference anew, one by one.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  ./membound study                 list the studies",
      "  ./membound study kv-wall         one study: table, claims, verdicts",
      "  ./membound study all --json      all of them, for another program"
    })
final class StudyCommand implements Callable<Integer> {
  private static final String ALL = "all";

  @Parameters(
      arity = "0..1",
      paramLabel = "STUDY",
      description = "A name from the list, or " + ALL + ".")
  private String name;

  @Option(names = "--json", description = "Print JSON for another program.")
  private boolean json;

  @Spec private CommandSpec spec;

  /** A study's answers, as programs read them. */
  record Report(String study, String title, List<Claim> claims, List<DataTable> tables) {}

  @Override
  public Integer call() {
    Output output = new Output(spec);
    if (name == null) {
      Studies.ALL.forEach(study -> output.line("%-18s %s".formatted(study.name(), study.title())));
      return 0;
    }
    List<Study> studies = name.equals(ALL) ? Studies.ALL : List.of(find());
    if (json) {
      output.json(studies.stream().map(StudyCommand::report).toList());
    } else {
      studies.forEach(study -> print(study, output));
    }
    return 0;
  }

  private Study find() {
    try {
      return Studies.find(name);
    } catch (IllegalArgumentException e) {
      throw new UserInputException(e.getMessage());
    }
  }

  private static Report report(Study study) {
    StudyResult result = study.run();
    return new Report(study.name(), study.title(), result.claims(), result.tables());
  }

  private static void print(Study study, Output output) {
    StudyResult result = study.run();
    output.line(study.title());
    output.line(study.question());
    for (DataTable table : result.tables()) {
      output.line("");
      output.line(table.caption());
      output.table(table);
    }
    output.line("");
    for (StudyFigure figure : result.figures()) {
      output.line(figure.takeaway());
    }
    output.line("");
    result.claims().forEach(claim -> claim.print().lines().forEach(output::line));
    output.line("");
  }
}
