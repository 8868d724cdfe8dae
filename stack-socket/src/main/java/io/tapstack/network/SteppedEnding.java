package io.tapstack.network;

import io.tapstack.stack.WaitPoint;

/** The end of an activity in virtual time. */
final class SteppedEnding implements Activity.Ending {

    private final LockStep steps;
    private final WaitPoint point;
    private boolean over;

    SteppedEnding(final LockStep steps) {
        this.steps = steps;
        this.point = steps.waitPoint();
    }

    @Override
    public void await(final Activity activity) throws InterruptedException {
        steps.enter();
        try {
            while (!over) {
                point.await(WaitPoint.NEVER);
            }
        } finally {
            steps.exit();
        }
    }

    @Override
    public void reached() {
        steps.enter();
        try {
            over = true;
            point.wakeAll();
        } finally {
            steps.exit();
        }
    }

    @Override
    public void interrupt(final Thread thread) {
        steps.interrupt(thread);
    }
}
