-- CreateIndex
CREATE INDEX "KeySession_federatedArn_idx" ON "KeySession"("federatedArn");
