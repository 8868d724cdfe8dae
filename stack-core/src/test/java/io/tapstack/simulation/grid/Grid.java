package io.tapstack.simulation.grid;

import static io.tapstack.simulation.grid.Circumstance.NONE;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** All cells with stored results: one property at a time is bad, on an otherwise good path, and some together. */
final class Grid {

    private static final double[] LOSSES = {0, 0.1, 0.5, 1, 2, 5, 10, 20, 30};
    private static final int[] DELAYS = {0, 10, 50, 150, 300};
    private static final double RATE = 100;
    private static final int QUEUE = 256;

    /** Variants of Reno, which differ little from it. */
    private static final Set<String> LESSER = Set.of("tahoe", "newreno");

    private final String congestionControl;
    private final Set<Cell> cells = new LinkedHashSet<>();

    private Grid(final String congestionControl) {
        this.congestionControl = congestionControl;
    }

    /** All cells of these congestion controls. */
    static List<Cell> all(final Collection<String> congestionControls) {
        final List<Cell> all = new ArrayList<>();
        for (final String name : congestionControls) {
            final Grid grid = new Grid(name);
            grid.losses();
            grid.disorder();
            grid.damage();
            grid.bottlenecks();
            grid.crowds();
            grid.circumstances();
            all.addAll(grid.cells);
        }
        return all;
    }

    /** The cells of every test run. */
    static List<Cell> some(final Collection<String> congestionControls) {
        final List<Cell> some = new ArrayList<>();
        for (final String name : congestionControls) {
            final Grid grid = new Grid(name);
            grid.lossy(1, 50);
            grid.lossy(10, 10);
            grid.bottleneck(10, 20, 32);
            if (!LESSER.contains(name)) {
                grid.lossy(0.5, 10);
                grid.lossy(30, 50);
                grid.reordered(10, 5);
                grid.crowd(2, 0, 256);
                grid.crowd(10, 0, 256);
                grid.under(Circumstance.MARKS, 1, 0, 20, 10, 128);
                grid.under(Circumstance.TAIL_LOSS, 1, 0, 50, RATE, QUEUE);
            }
            some.addAll(grid.cells);
        }
        return some;
    }

    private void losses() {
        for (final int delay : DELAYS) {
            for (final double loss : LOSSES) {
                lossy(loss, delay);
            }
        }
    }

    private void lossy(final double loss, final int delay) {
        cells.add(new Cell(congestionControl, 1, 0, loss, delay, 0, 0, 0, 0, 0, RATE, QUEUE, NONE));
    }

    /** Round trips of 40 ms, and frames that are late by a quarter of that, half, and all of it. */
    private void disorder() {
        for (final int held : new int[] {1, 5, 10, 20, 40}) {
            for (final double share : new double[] {0.1, 1, 10, 30}) {
                reordered(share, held);
            }
        }
        for (final int jitter : new int[] {1, 5, 10, 20}) {
            cells.add(new Cell(congestionControl, 1, 0, 0, 20, jitter, 0, 0, 0, 0, RATE, QUEUE, NONE));
        }
        cells.add(new Cell(congestionControl, 1, 0, 1, 20, 5, 1, 5, 0, 0, RATE, QUEUE, NONE));
    }

    private void reordered(final double share, final int held) {
        cells.add(new Cell(congestionControl, 1, 0, 0, 20, 0, share, held, 0, 0, RATE, QUEUE, NONE));
    }

    private void damage() {
        for (final double share : new double[] {1, 10, 30}) {
            cells.add(new Cell(congestionControl, 1, 0, 0, 20, 0, 0, 0, share, 0, RATE, QUEUE, NONE));
        }
        for (final double share : new double[] {0.1, 1, 10}) {
            cells.add(new Cell(congestionControl, 1, 0, 0, 20, 0, 0, 0, 0, share, RATE, QUEUE, NONE));
        }
        cells.add(new Cell(congestionControl, 1, 0, 1, 20, 0, 1, 5, 1, 1, RATE, QUEUE, NONE));
    }

    /** Queues from nearly none to far too large. */
    private void bottlenecks() {
        for (final double rate : new double[] {0.25, 1, 10, 100, 1000}) {
            for (final int queue : new int[] {8, 32, 128, 512, 2048}) {
                bottleneck(rate, 20, queue);
            }
        }
        for (final int queue : new int[] {32, 256, 2048}) {
            bottleneck(100, 100, queue);
        }
    }

    private void bottleneck(final double rate, final int delay, final int queue) {
        cells.add(new Cell(congestionControl, 1, 0, 0, delay, 0, 0, 0, 0, 0, rate, queue, NONE));
    }

    private void crowds() {
        for (final int flows : new int[] {2, 4, 10, 50}) {
            for (final int queue : new int[] {64, 256, 1024}) {
                crowd(flows, 0, queue);
            }
        }
        for (final int spread : new int[] {10, 40}) {
            crowd(2, spread, QUEUE);
            crowd(4, spread, QUEUE);
        }
        cells.add(new Cell(congestionControl, 4, 0, 0.5, 20, 0, 0, 0, 0, 0, RATE, QUEUE, NONE));
    }

    private void crowd(final int flows, final int spread, final int queue) {
        cells.add(new Cell(congestionControl, flows, spread, 0, 20, 0, 0, 0, 0, 0, RATE, queue, NONE));
    }

    private void circumstances() {
        under(Circumstance.MARKS, 1, 0, 20, 10, 128);
        under(Circumstance.MARKS, 1, 0, 20, RATE, QUEUE);
        under(Circumstance.MARKS, 4, 0, 20, RATE, QUEUE);
        under(Circumstance.MARKS, 1, 0.5, 20, RATE, QUEUE);
        under(Circumstance.NARROW_WAY_BACK, 1, 0, 20, 10, 128);
        under(Circumstance.NARROW_WAY_BACK, 1, 0, 20, RATE, QUEUE);
        under(Circumstance.TAIL_LOSS, 1, 0, 10, RATE, QUEUE);
        under(Circumstance.TAIL_LOSS, 1, 0, 50, RATE, QUEUE);
        under(Circumstance.IDLE, 1, 0, 20, RATE, QUEUE);
        under(Circumstance.IDLE, 1, 0, 50, RATE, 64);
        under(Circumstance.FLOOD, 1, 0, 20, RATE, QUEUE);
    }

    private void under(
            final Circumstance circumstance,
            final int flows,
            final double loss,
            final int delay,
            final double rate,
            final int queue) {
        cells.add(new Cell(congestionControl, flows, 0, loss, delay, 0, 0, 0, 0, 0, rate, queue, circumstance));
    }
}
