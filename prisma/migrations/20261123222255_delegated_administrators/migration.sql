-- CreateTable
CREATE TABLE "DelegatedAdministrator" (
    "organizationId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "servicePrincipal" TEXT NOT NULL,

    CONSTRAINT "DelegatedAdministrator_pkey" PRIMARY KEY ("organizationId","accountId","servicePrincipal")
);

-- CreateIndex
CREATE INDEX "DelegatedAdministrator_accountId_idx" ON "DelegatedAdministrator"("accountId");

-- AddForeignKey
ALTER TABLE "DelegatedAdministrator" ADD CONSTRAINT "DelegatedAdministrator_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DelegatedAdministrator" ADD CONSTRAINT "DelegatedAdministrator_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
