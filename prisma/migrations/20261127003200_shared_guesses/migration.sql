-- CreateTable
CREATE TABLE "Guess" (
    "kind" TEXT NOT NULL,
    "who" TEXT NOT NULL,
    "wrong" DOUBLE PRECISION NOT NULL,
    "at" BIGINT NOT NULL,

    CONSTRAINT "Guess_pkey" PRIMARY KEY ("kind","who")
);

-- CreateIndex
CREATE INDEX "Guess_at_idx" ON "Guess"("at");
