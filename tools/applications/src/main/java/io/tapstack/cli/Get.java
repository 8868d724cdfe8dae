package io.tapstack.cli;

import io.tapstack.http.Amount;
import io.tapstack.http.client.DownloadFailure;
import io.tapstack.http.client.DownloadProgress;
import io.tapstack.http.client.Downloader;
import io.tapstack.http.client.FileSink;
import io.tapstack.http.client.HttpUrl;
import io.tapstack.http.client.ProgressBar;
import io.tapstack.http.client.Sink;
import io.tapstack.http.client.StreamSink;
import io.tapstack.octets.PathOctets;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tapstack get URL}: a download. */
@Command(
        name = "get",
        description = "Download by HTTP. What has come of a download that fails stays, for --continue.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {
            "0:done",
            "1:no network, or redirected to something other than http",
            "2:the command line makes no sense, or URL is not an http address",
            "3:redirected to an address that makes no sense",
            "6, 7, 28:unknown host, no connection, too slow",
            "18, 52, 56:the connection ended too early",
            "22:the server answered with an error (400 or more)",
            "23:the output cannot be written",
            "33:the download cannot be continued",
            "8, 47:the answer makes no sense, too many redirects",
            "130, 143:interrupted (Ctrl-C), terminated"
        })
final class Get implements Callable<Integer> {

    /** Time for a cancelled download to end in order. */
    private static final int CANCEL_SECONDS = 2;

    private final SessionFactory sessions;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ArgGroup(validate = false, heading = LinkOptions.HEADING)
    private LinkOptions link = new LinkOptions();

    @Mixin
    private NameOptions dns = new NameOptions();

    @Parameters(paramLabel = "URL", description = "what to download, e.g. http://10.0.0.1:8000/file")
    private String url = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "where to, - for stdout (the name in the URL, with a number if it is taken)")
    private Optional<Path> output = Optional.empty();

    @Option(
            names = {"-C", "--continue"},
            description = "continue a download from what is there of it")
    private boolean resume;

    @Option(
            names = "--connect-timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = Converters.ForDuration.class,
            description = "longest time to connect (${DEFAULT-VALUE})")
    private Duration connectTimeout = Duration.ofSeconds(10);

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = Converters.ForDuration.class,
            description = "longest time without anything coming (${DEFAULT-VALUE})")
    private Duration timeout = Duration.ofSeconds(30);

    Get(final SessionFactory sessions) {
        this.sessions = sessions;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        link.validate(spec);
        try {
            dns.check(link);
        } catch (final IllegalArgumentException e) {
            throw Failure.refused(spec, e);
        }
        LogLevel.quiet();
        final HttpUrl address = address();
        try {
            final Optional<Path> file = file(address);
            final Sink sink = file.isPresent()
                    ? new FileSink(file.get())
                    : new StreamSink(new FileOutputStream(FileDescriptor.out));
            try (Session session = sessions.open(link)) {
                session.awaitAddresses();
                return fetch(session, address, sink, file);
            }
        } catch (final DownloadFailure e) {
            throw new Failure(e.kind().exitStatus(), String.valueOf(e.getMessage()));
        }
    }

    /** @return the exit status */
    private int fetch(final Session session, final HttpUrl address, final Sink sink, final Optional<Path> file)
            throws IOException {
        final String name = file.map(PathOctets::readable).orElse("stdout");
        final Downloader downloader = new Downloader(dns.transport(session), connectTimeout, timeout);
        final Kept kept = new Kept(progress(name), resume ? sink.existingBytes() : 0);
        final CountDownLatch done = new CountDownLatch(1);
        final Runnable tell = () -> tellWhatIsKept(kept, name, remedy(address, file));
        final StopSignal stop = StopSignal.install(exitStatus -> {
            downloader.cancel();
            if (!isDoneSoon(done)) {
                tell.run();
                Runtime.getRuntime().halt(exitStatus);
            }
        });
        try {
            report(name, downloader.download(address, sink, resume, kept));
            return 0;
        } catch (final DownloadFailure e) {
            if (e.kind() != DownloadFailure.Kind.CANCELLED) {
                throw e;
            }
            tell.run();
            return stop.exitStatus();
        } finally {
            done.countDown();
            stop.restore();
        }
    }

    private HttpUrl address() {
        try {
            return HttpUrl.parse(url);
        } catch (final DownloadFailure e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * True if a cancelled download ends in order. It may wait for a resolver or a reader of the output, which cannot be
     * cancelled.
     */
    private static boolean isDoneSoon(final CountDownLatch done) {
        try {
            return done.await(CANCEL_SECONDS, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void tellWhatIsKept(final Kept kept, final String name, final String remedy) {
        final PrintWriter err = spec.commandLine().getErr();
        if (!kept.isEnded() && Terminal.isStderr()) {
            err.println(); // behind ^C, which the terminal has shown, or the bar
        }
        err.println(kept.words(name, remedy));
        err.flush();
    }

    /** The command that continues: the same one with {@code --continue}, which takes the name in the URL by default. */
    private String remedy(final HttpUrl address, final Optional<Path> file) {
        if (file.isEmpty() || !Files.isRegularFile(file.get())) {
            return "";
        }
        final boolean numbered =
                output.isEmpty() && !PathOctets.name(file.get()).equals(address.fileName());
        return "get --continue" + (numbered ? " -o " + PathOctets.readable(file.get()) : "");
    }

    /** The file to write, none for stdout. */
    private Optional<Path> file(final HttpUrl address) throws IOException {
        if (output.isPresent()) {
            return output.filter(path -> !path.toString().equals("-"));
        }
        return Optional.of(
                resume ? PathOctets.inWorkingDirectory(address.fileName()) : FileSink.unused(address.fileName()));
    }

    private DownloadProgress progress(final String name) {
        return Terminal.isStderr()
                ? new ProgressBar(spec.commandLine().getErr(), name, Terminal.columns(), System::nanoTime)
                : DownloadProgress.SILENT;
    }

    private void report(final String name, final Downloader.Result result) {
        if (!Terminal.isStderr()) {
            return;
        }
        final PrintWriter err = spec.commandLine().getErr();
        if (result.receivedBytes() == 0 && result.totalBytes() > 0) {
            err.println(name + ": was complete already");
        } else {
            err.println(name + ": " + Amount.bytes(result.receivedBytes()) + " in " + Amount.time(result.nanos()) + ", "
                    + Amount.rate(result.receivedBytes(), result.nanos()));
        }
    }
}
